using System;
using System.ComponentModel;
using System.IO;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.Files;

/// <summary>Small files that hold secrets: readable by their owner alone, whole or not there at all.</summary>
/// <remarks>
/// A file appears under its name only when all of it is on the disk. Where files have no modes (Windows), modes and
/// owners are not checked: there the profile directory's access list protects them.
/// </remarks>
internal static class OwnerOnlyFile
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute;
    private const UnixFileMode OthersMode =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Tells whether there is anything under that name, a symbolic link that leads nowhere included.</summary>
    public static bool Exists(string path) =>
        File.Exists(path) || Directory.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>Reads a file of at most <paramref name="maxBytes"/> bytes; the caller wipes what it got.</summary>
    /// <returns>All bytes, or one more than <paramref name="maxBytes"/> of a longer file.</returns>
    /// <exception cref="KeyFileException">It is not there, is no file, belongs to someone else, or others may read it.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        if (Directory.Exists(path))
        {
            throw new KeyFileException(path, "is a directory, not a file", "Name a file in it.");
        }

        RequireOwned(path);
        try
        {
            using var stream = new FileStream(path, System.IO.FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            RequirePrivate(path, stream);
            var buffer = GC.AllocateArray<byte>(maxBytes + 1, pinned: true);
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var bytes = GC.AllocateArray<byte>(length, pinned: true);
            buffer.AsSpan(0, length).CopyTo(bytes);
            Array.Clear(buffer);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyFileException(path, "there is no such file", "Check the path.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new KeyFileException(path, "may not be read by this user", "Run as its owner, or name another file.", e);
        }
        catch (IOException e)
        {
            throw new KeyFileException(path, $"cannot be read ({e.Message})", "Check the disk and the path.", e);
        }
    }

    /// <summary>Creates a file with mode 0600, and its directory with mode 0700 if it is missing.</summary>
    /// <returns>False when there is something with that name already, which stays as it is.</returns>
    /// <exception cref="KeyFileException">It cannot be written.</exception>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content, IRandomSource random)
    {
        var directory = DirectoryOf(path);
        if (Exists(path))
        {
            return false;
        }

        var temporary = string.Empty;
        try
        {
            CreateDirectory(directory);
            temporary = WriteTemporary(path, content, random);
            if (OperatingSystem.IsWindows())
            {
                return TryMove(temporary, path);
            }

            var created = PosixFile.TryLink(temporary, path);
            PosixFile.SyncDirectory(directory);
            return created;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw NotWritten(path, e);
        }
        finally
        {
            Delete(temporary);
        }
    }

    /// <summary>Replaces a file in one step: whoever reads finds the old or the new content.</summary>
    /// <exception cref="KeyFileException">It cannot be written; the old content is still there.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, IRandomSource random)
    {
        // A symbolic link stays one: what it leads to is replaced.
        var target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        var temporary = string.Empty;
        try
        {
            temporary = WriteTemporary(target, content, random);
            File.Move(temporary, target, overwrite: true);
            if (!OperatingSystem.IsWindows())
            {
                PosixFile.SyncDirectory(DirectoryOf(target));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, e);
        }
        finally
        {
            Delete(temporary);
        }
    }

    private static void RequireOwned(string path)
    {
        if (!PosixFile.TryGetOwner(path, out var owner, out var isRegular))
        {
            return;
        }

        if (!isRegular)
        {
            throw new KeyFileException(path, "is not a regular file", "Name a regular file.");
        }

        var user = PosixFile.EffectiveUser;
        if (owner != user)
        {
            throw new KeyFileException(
                path,
                $"belongs to user {owner}, but this process runs as user {user}",
                $"Run as user {owner}, or have it given over with chown {user} '{path}'.");
        }
    }

    private static void RequirePrivate(string path, FileStream stream)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var mode = File.GetUnixFileMode(stream.SafeFileHandle);
        if ((mode & OthersMode) != 0)
        {
            throw new KeyFileException(
                path,
                $"others than its owner may use it (mode 0{Convert.ToString((int)mode, 8)}, must be 0600)",
                $"Whoever could read it knows the secret: replace it, or if nobody did, run chmod 600 '{path}'.");
        }
    }

    private static string WriteTemporary(string path, ReadOnlySpan<byte> content, IRandomSource random)
    {
        var temporary = Path.Combine(
            DirectoryOf(path), $".{Path.GetFileName(path)}.{random.NextUInt64():x16}.tmp");
        var options = new FileStreamOptions
        {
            Mode = System.IO.FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode;
        }

        using var stream = new FileStream(temporary, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
        return temporary;
    }

    private static bool TryMove(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private static void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, DirectoryMode);
        }
    }

    private static void Delete(string temporary)
    {
        if (temporary.Length > 0)
        {
            File.Delete(temporary);
        }
    }

    private static string DirectoryOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;

    private static KeyFileException NotWritten(string path, Exception cause) => new(
        path, $"cannot be written ({cause.Message})", "Check the directory, its owner and the space on the disk.", cause);
}
