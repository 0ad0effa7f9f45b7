using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Files;
using MeshActors.Transport.Remoting;

namespace MeshActors.Fuzz.Targets;

/// <summary>Key files and greetings.</summary>
internal static class FileReaders
{
    /// <summary>An identity file; with another first byte its checksum is made to fit.</summary>
    public static readonly FuzzTarget IdentityFiles = new("identity-file", RunIdentityFile, IdentityFileSeeds);

    /// <summary>The first message of an association's stream.</summary>
    public static readonly FuzzTarget Hellos = new(
        "association-hello",
        RunHello,
        () =>
        [
            [1, 3, .. "sys"u8, 9, .. "127.0.0.1"u8, 0x1C, 0xE8],
            [1, 1, .. "s"u8, 5, .. "[::1]"u8, 0, 1, 7, 7],
        ]);

    private static readonly string Folder = MakeFolder();

    /// <summary>A folder that goes with the process.</summary>
    private static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory("meshactors-fuzz-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static IEnumerable<byte[]> IdentityFileSeeds()
    {
        var path = Path.Combine(Folder, "made");
        using (IdentityFile.LoadOrCreate(path, realm: 3, new SimRandom(1)))
        {
            var bytes = File.ReadAllBytes(path);
            yield return [0, .. bytes];
            yield return [1, .. bytes];
        }

        File.Delete(path);
    }

    private static void RunIdentityFile(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var bytes = input[1..].ToArray();
        if (input[0] != 0 && bytes.Length == IdentityFile.Size)
        {
            SHA256.HashData(bytes.AsSpan(0, 48), bytes.AsSpan(48));
        }

        var path = Path.Combine(Folder, "read");
        if (!File.Exists(path))
        {
            OwnerOnlyFile.TryCreate(path, bytes, new SimRandom(1));
        }

        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.Write(bytes);
            file.SetLength(bytes.Length);
        }

        try
        {
            using var stored = IdentityFile.Load(path);
            Finding.Unless(bytes.Length == IdentityFile.Size, "an identity file has one size");
        }
        catch (KeyFileException)
        {
            // The one way to say what is wrong with a file.
        }
    }

    private static void RunHello(ReadOnlySpan<byte> input)
    {
        if (!AssociationHello.TryRead(input, out var hello))
        {
            return;
        }

        // Akka keeps host names in lower case, which for letters beyond ASCII can take other bytes.
        if (Ascii.IsValid(input))
        {
            var written = hello.ToBytes();
            Finding.Unless(
                input.Length >= written.Length && Ascii.EqualsIgnoreCase(input[..written.Length], written), "a hello is written as it was read");
            Finding.Unless(AssociationHello.TryRead(written, out var again) && again == hello, "a hello is read as it was written");
        }

        Finding.Unless(Encoding.UTF8.GetByteCount(hello.Address.ToString()) < 600, "an address can be printed");
    }
}
