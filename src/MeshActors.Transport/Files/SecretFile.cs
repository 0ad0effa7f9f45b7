using System;
using System.Security.Cryptography;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Files;

/// <summary>The file that a fleet secret lives in: one line of text.</summary>
internal static class SecretFile
{
    /// <summary>Bytes of a file at most, so that a file of something else is not read whole.</summary>
    public const int MaxSize = 256;

    /// <summary>Reads the file, or makes a fresh secret and the file when there is none; two processes at once get the same.</summary>
    /// <exception cref="KeyFileException">The file cannot be used, or not be made.</exception>
    public static FleetSecret LoadOrCreate(string path, IRandomSource random)
    {
        if (!OwnerOnlyFile.Exists(path))
        {
            using var secret = FleetSecret.Generate(random);
            Span<char> text = stackalloc char[FleetSecret.TextLength + 1];
            Span<byte> bytes = stackalloc byte[FleetSecret.TextLength + 1];
            secret.WriteText(text);
            text[^1] = '\n';
            System.Text.Encoding.ASCII.GetBytes(text, bytes);
            OwnerOnlyFile.TryCreate(path, bytes, random);
            text.Clear();
            CryptographicOperations.ZeroMemory(bytes);
        }

        return Load(path);
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="KeyFileException">The file is not there or cannot be used.</exception>
    public static FleetSecret Load(string path)
    {
        var bytes = OwnerOnlyFile.Read(path, MaxSize);
        Span<char> text = stackalloc char[MaxSize + 1];
        try
        {
            for (var index = 0; index < bytes.Length; index++)
            {
                text[index] = (char)bytes[index];
            }

            return bytes.Length <= MaxSize
                ? FleetSecret.Parse(text[..bytes.Length])
                : throw new FormatException($"The file has more than {MaxSize} bytes, a fleet secret is one line.");
        }
        catch (FormatException e)
        {
            throw new KeyFileException(
                path, e.Message.TrimEnd('.'), "Copy the secret again from a node of the fleet; the file was left as it is.", e);
        }
        finally
        {
            text.Clear();
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
