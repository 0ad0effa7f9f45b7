using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using MeshActors.Host.Cli;
using MeshActors.Transport.Chance;

namespace MeshActors.Host.Api;

/// <summary>The bearer token of the API's TCP side, kept in a file only its owner can read.</summary>
internal sealed class ApiToken
{
    /// <summary>Random bytes of a token; it is written in 64 hex digits.</summary>
    private const int Size = 32;

    private readonly byte[] _hash;

    private ApiToken(string token)
    {
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    /// <summary>Reads the file, or makes it with mode 0600 when it is not there.</summary>
    /// <exception cref="CommandFailure">The file cannot be used, or others may read it.</exception>
    public static ApiToken LoadOrCreate(string path, IRandomSource random)
    {
        try
        {
            if (!File.Exists(path))
            {
                Create(path, random);
            }

            if (!OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            {
                throw Unusable($"The token file {path} may be used by others.", $"Run chmod 600 {path}, or delete it to get another token.");
            }

            var token = File.ReadAllText(path).Trim();
            return token.Length >= Size
                ? new ApiToken(token)
                : throw Unusable($"The token file {path} holds no token.", "Delete it: another one is made at the next start.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"The token file {path} cannot be used: {exception.Message}", "Set mesh.api.token-file to a place this user can write.");
        }
    }

    /// <summary>Compares in a time that says nothing about the token.</summary>
    public bool Matches(string token) =>
        CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static void Create(string path, IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[Size];
        random.Fill(bytes);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new StreamWriter(path, options);
        writer.WriteLine(Convert.ToHexStringLower(bytes));
    }

    private static CommandFailure Unusable(string message, string hint) => new(ErrorCodes.Identity, message, hint);
}
