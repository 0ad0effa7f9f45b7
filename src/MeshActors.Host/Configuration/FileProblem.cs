using System;
using System.IO;
using System.Security;
using System.Text;

namespace MeshActors.Host.Configuration;

/// <summary>Reads a small text file, or says in words why that is not possible.</summary>
internal static class FileProblem
{
    /// <param name="path">The file.</param>
    /// <param name="largest">Longest file accepted, in bytes.</param>
    /// <param name="text">Its text; empty after a problem.</param>
    /// <returns>Null when it was read, else what is wrong, reading on after the path.</returns>
    public static string? TryReadText(string path, int largest, out string text)
    {
        text = string.Empty;
        try
        {
            if (Directory.Exists(path))
            {
                return "is a directory";
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > largest)
            {
                return $"is longer than {largest} bytes";
            }

            using var reader = new StreamReader(
                file,
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
                detectEncodingFromByteOrderMarks: false);
            text = reader.ReadToEnd();
            return null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return "does not exist";
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or SecurityException)
        {
            return "may not be read by this user";
        }
        catch (DecoderFallbackException)
        {
            return "is not text in UTF-8";
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            return "cannot be read";
        }
    }
}
