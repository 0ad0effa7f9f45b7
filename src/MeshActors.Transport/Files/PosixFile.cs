using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MeshActors.Transport.Files;

/// <summary>What the framework does not offer on POSIX systems: a link that never overwrites, owners, syncing a directory.</summary>
internal static unsafe partial class PosixFile
{
    private const string Library = "libc";
    private const int FileExists = 17;
    private const int ReadOnly = 0;

    // statx(2): the layout is the same on every architecture.
    private const int CurrentDirectory = -100;
    private const uint WantTypeAndOwner = 0x1 | 0x8;
    private const int StatxSize = 256;
    private const int OwnerOffset = 20;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>The user that this process acts as.</summary>
    public static uint EffectiveUser => GetEffectiveUser();

    /// <summary>Gives a file a second name.</summary>
    /// <returns>False when there is something with that name already, which stays as it is.</returns>
    public static bool TryLink(string existing, string name)
    {
        if (Link(existing, name) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == FileExists ? false : throw new Win32Exception(error);
    }

    /// <summary>Asks type and owner of a file, behind symbolic links; Linux only.</summary>
    /// <returns>False when the system does not tell.</returns>
    public static bool TryGetOwner(string path, out uint owner, out bool isRegular)
    {
        owner = 0;
        isRegular = false;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var result = stackalloc byte[StatxSize];
        if (Statx(CurrentDirectory, path, flags: 0, WantTypeAndOwner, result) != 0)
        {
            return false;
        }

        owner = *(uint*)(result + OwnerOffset);
        isRegular = (*(ushort*)(result + ModeOffset) & TypeMask) == RegularFile;
        return true;
    }

    /// <summary>Makes names in a directory survive a power failure; where the system refuses, they may not.</summary>
    public static void SyncDirectory(string directory)
    {
        var descriptor = Open(directory, ReadOnly);
        if (descriptor >= 0)
        {
            _ = Sync(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport(Library, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    [LibraryImport(Library, EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* result);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport(Library, EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport(Library, EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
