using System;
using System.Security.Cryptography;
using System.Text;
using MeshActors.Host.Cli;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Files;

namespace MeshActors.Host.Api;

/// <summary>The bearer token of the API's TCP side, kept in a file only its owner can read.</summary>
internal sealed class ApiToken
{
    /// <summary>Random bytes of a token, written in hex digits.</summary>
    private const int Size = 32;

    private const int LongestFile = 256;

    private readonly byte[] _hash;

    private ApiToken(string token)
    {
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    /// <summary>Reads the file, or makes it with mode 0600 when it is not there.</summary>
    /// <exception cref="CommandFailure">The file cannot be used, or others may read it.</exception>
    public static ApiToken LoadOrCreate(string path, IRandomSource random)
    {
        const string Hint = "Set mesh.api.token-file to a place this user can write; a file that is deleted is made again.";
        try
        {
            if (!OwnerOnlyFile.Exists(path))
            {
                Create(path, random);
            }

            var token = Encoding.UTF8.GetString(OwnerOnlyFile.Read(path, LongestFile)).Trim();
            return token.Length is >= Size and <= LongestFile
                ? new ApiToken(token)
                : throw new CommandFailure(ErrorCodes.Identity, $"The token file {path} holds no token.", Hint);
        }
        catch (KeyFileException exception)
        {
            throw new CommandFailure(ErrorCodes.Identity, exception.Message, Hint, inner: exception);
        }
    }

    /// <summary>Compares in a time that says nothing about the token.</summary>
    public bool Matches(string token) =>
        CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static void Create(string path, IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[Size];
        random.Fill(bytes);
        OwnerOnlyFile.TryCreate(path, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes) + "\n"), random);
    }
}
