using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Files;
using Xunit;

namespace MeshActors.Transport.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed class KeyFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _directory = Directory.CreateTempSubdirectory("mesh-files-").FullName;
    private readonly SeededRandom _random = new(11);
    private readonly string _path;

    public KeyFileTests()
    {
        _path = Path.Combine(_directory, "keys", "identity.key");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void An_identity_comes_back_as_it_was_made()
    {
        using var made = IdentityFile.LoadOrCreate(_path, realm: 7, _random);
        using var again = IdentityFile.LoadOrCreate(_path, realm: 7, _random);

        Assert.Equal(made.Root.PublicKey, again.Root.PublicKey);
        Assert.Equal((7, 0), (again.Realm, again.Salt));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_path));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(_path)!));
        Assert.Equal([_path], Directory.GetFileSystemEntries(Path.GetDirectoryName(_path)!));
    }

    /// <summary>Only ever extended: a later program must read these bytes.</summary>
    [Fact]
    public void Golden_bytes_of_an_identity_file()
    {
        using var made = IdentityFile.LoadOrCreate(_path, realm: 7, _random);
        IdentityFile.StoreSalt(_path, 0x0102, _random);

        Assert.Equal("4d455348524f4f540001002400070102b5b9498a434b6390c47df7dde17e67efaa53323afdd0027919c7a2736da64b7c"
            + "3a3387b025384c9992eb8fc713c6519479d257cb0f93beb75c38910888fd7e87", Convert.ToHexStringLower(File.ReadAllBytes(_path)));
    }

    [Fact]
    public void Storing_a_salt_keeps_the_key_and_the_mode()
    {
        using var made = IdentityFile.LoadOrCreate(_path, realm: 0, _random);

        IdentityFile.StoreSalt(_path, 42, _random);

        using var again = IdentityFile.Load(_path);
        Assert.Equal(made.Root.PublicKey, again.Root.PublicKey);
        Assert.Equal(42, again.Salt);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_path));
        Assert.Equal([_path], Directory.GetFileSystemEntries(Path.GetDirectoryName(_path)!));
    }

    [Fact]
    public void A_symbolic_link_stays_one_when_a_salt_is_stored()
    {
        var link = Path.Combine(_directory, "link.key");
        using var made = IdentityFile.LoadOrCreate(_path, realm: 0, _random);
        File.CreateSymbolicLink(link, _path);

        IdentityFile.StoreSalt(link, 42, _random);

        using var again = IdentityFile.Load(_path);
        Assert.Equal(42, again.Salt);
        Assert.Equal(_path, new FileInfo(link).LinkTarget);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "0640")]
    [InlineData(UnixFileMode.OtherRead, "0604")]
    [InlineData(UnixFileMode.GroupWrite, "0620")]
    [InlineData(UnixFileMode.OtherExecute, "0601")]
    public void A_file_that_others_may_use_is_refused(UnixFileMode others, string mode)
    {
        IdentityFile.LoadOrCreate(_path, realm: 0, _random).Dispose();
        File.SetUnixFileMode(_path, OwnerOnly | others);

        AssertRefused($"others than its owner may use it (mode {mode}, must be 0600)");
    }

    [Fact]
    public void A_link_to_a_file_that_others_may_use_is_refused()
    {
        var link = Path.Combine(_directory, "link.key");
        IdentityFile.LoadOrCreate(_path, realm: 0, _random).Dispose();
        File.SetUnixFileMode(_path, OwnerOnly | UnixFileMode.OtherRead);
        File.CreateSymbolicLink(link, _path);

        Assert.Contains("mode 0604", Assert.Throws<KeyFileException>(() => IdentityFile.Load(link)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_refused_and_not_written_through()
    {
        var link = Path.Combine(_directory, "link.key");
        File.CreateSymbolicLink(link, _path);

        var refused = Assert.Throws<KeyFileException>(() => IdentityFile.LoadOrCreate(link, realm: 0, _random));

        Assert.Contains("there is no such file", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_path));
    }

    [Theory]
    [InlineData(0, "is empty")]
    [InlineData(7, "does not begin with MESHROOT")]
    [InlineData(8, "was cut off: 8 bytes of 80")]
    [InlineData(79, "was cut off: 79 bytes of 80")]
    public void A_truncated_file_is_refused(int size, string problem)
    {
        IdentityFile.LoadOrCreate(_path, realm: 0, _random).Dispose();
        File.WriteAllBytes(_path, File.ReadAllBytes(_path)[..size]);

        AssertRefused(problem);
    }

    [Fact]
    public void A_longer_file_is_refused()
    {
        IdentityFile.LoadOrCreate(_path, realm: 0, _random).Dispose();
        File.AppendAllText(_path, "more");

        AssertRefused("has more than its 80 bytes");
    }

    [Fact]
    public void Every_changed_byte_is_refused()
    {
        IdentityFile.LoadOrCreate(_path, realm: 0, _random).Dispose();
        var bytes = File.ReadAllBytes(_path);

        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] ^= 1;
            File.WriteAllBytes(_path, bytes);
            AssertRefused(index < 8 ? "MESHROOT" : index < 10 ? "has format" : "its checksum does not fit");
            bytes[index] ^= 1;
        }
    }

    [Fact]
    public void A_later_format_is_refused_by_name()
    {
        IdentityFile.LoadOrCreate(_path, realm: 0, _random).Dispose();
        var bytes = File.ReadAllBytes(_path);
        bytes[9] = 2;
        File.WriteAllBytes(_path, [.. bytes, 0, 0]);

        AssertRefused("has format 2; this program knows format 1");
    }

    [Fact]
    public void A_directory_in_its_place_is_refused()
    {
        Directory.CreateDirectory(_path);

        Assert.Contains(
            "is a directory", Assert.Throws<KeyFileException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_in_its_place_is_refused_and_not_waited_for()
    {
        Run("mkfifo", "-m", "600", Path.Combine(_directory, "pipe"));

        var refused = Assert.Throws<KeyFileException>(() => IdentityFile.Load(Path.Combine(_directory, "pipe")));

        Assert.Contains("is not a regular file", refused.Message, StringComparison.Ordinal);
    }

    [OwnerFact]
    public void A_file_of_another_user_is_refused()
    {
        IdentityFile.LoadOrCreate(_path, realm: 0, _random).Dispose();
        Run("chown", "12345", _path);

        AssertRefused("belongs to user 12345, but this process runs as user 0");
    }

    [Fact]
    public void Another_realm_is_refused()
    {
        IdentityFile.LoadOrCreate(_path, realm: 1, _random).Dispose();

        Assert.Contains(
            "is an identity of realm 1, but realm 2 is configured",
            Assert.Throws<KeyFileException>(() => IdentityFile.LoadOrCreate(_path, realm: 2, _random)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_refused_when_none_is_to_be_made() =>
        Assert.Contains(
            "there is no such file",
            Assert.Throws<KeyFileException>(() => IdentityFile.Load(_path)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_directory_that_cannot_be_made_is_a_clear_error()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, string.Empty);
        var path = Path.Combine(file, "identity.key");

        var refused = Assert.Throws<KeyFileException>(() => IdentityFile.LoadOrCreate(path, realm: 0, _random));

        Assert.StartsWith($"{path}: cannot be written", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_that_create_at_once_all_end_with_one_secret()
    {
        for (var round = 0ul; round < 20; round++)
        {
            var path = Path.Combine(_directory, $"round-{round}", "fleet.secret");
            using var start = new Barrier(4);
            var makers = Enumerable.Range(0, 4).Select(maker => Task.Factory.StartNew(
                () =>
                {
                    var random = new SeededRandom((round * 4) + (ulong)maker);
                    start.SignalAndWait();
                    using var secret = SecretFile.LoadOrCreate(path, random);
                    return secret.FleetId;
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));

            var fleets = await Task.WhenAll(makers);

            Assert.Single(fleets.Distinct());
            Assert.Equal([path], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
        }
    }

    [Fact]
    public void A_secret_file_is_one_line_readable_by_its_owner()
    {
        using var secret = SecretFile.LoadOrCreate(_path, _random);
        using var again = SecretFile.Load(_path);

        Assert.Equal(secret.FleetId, again.FleetId);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_path));
        Assert.Matches("^mesh-fleet-1-[a-z2-7]{58}\n$", File.ReadAllText(_path));
    }

    [Fact]
    public void A_damaged_secret_file_is_refused_without_telling_the_secret()
    {
        SecretFile.LoadOrCreate(_path, _random).Dispose();
        var text = File.ReadAllText(_path);
        var broken = new List<(string Text, string Problem)>
        {
            (string.Empty, "begins with 'mesh-fleet-1-'"),
            (text.Trim()[..^1], "this text has 70"),
            (text.Trim() + "a", "this text has 72"),
            (text.Replace("mesh-fleet-1", "mesh-fleet-2", StringComparison.Ordinal), "begins with"),
            (text[..30] + "!" + text[31..], "has something else"),
            (text[..30] + (text[30] == 'a' ? 'b' : 'a') + text[31..], "checksum"),
            (new string('x', 300), "more than 256 bytes"),
        };

        foreach (var (content, problem) in broken)
        {
            File.WriteAllText(_path, content);
            var refused = Assert.Throws<KeyFileException>(() => SecretFile.LoadOrCreate(_path, _random));
            Assert.StartsWith($"{_path}: ", refused.Message, StringComparison.Ordinal);
            Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(text[13..25], refused.Message, StringComparison.Ordinal);
            Assert.Equal(content, File.ReadAllText(_path));
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private StoredIdentity Load() => IdentityFile.LoadOrCreate(_path, realm: 0, _random);

    /// <summary>The message names file, problem and remedy; the file is as it was.</summary>
    private void AssertRefused(string problem)
    {
        var before = File.ReadAllBytes(_path);

        var refused = Assert.Throws<KeyFileException>(Load);

        Assert.StartsWith($"{_path}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_path));
    }
}

/// <summary>A fact that gives files to another user, which only root may.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OwnerFactAttribute : FactAttribute
{
    public OwnerFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || PosixFile.EffectiveUser != 0)
        {
            Skip = "Giving a file to another user takes root on Linux.";
        }
    }
}
