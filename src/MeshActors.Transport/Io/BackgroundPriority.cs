using System;
using System.Runtime.InteropServices;

namespace MeshActors.Transport.Io;

/// <summary>Lets a thread work in what others leave of the processors, on Linux, where .NET's thread priorities do nothing.</summary>
internal static partial class BackgroundPriority
{
    /// <summary>About a tenth of the weight of other threads (sched(7)): it gets on, but slowly, where all processors are busy.</summary>
    private const int Niceness = 10;

    // <sys/resource.h>: the calling thread, as threads are processes to the scheduler of Linux.
    private const int OfProcess = 0;
    private const int CallingThread = 0;

    /// <summary>For the calling thread, for good. It stays as it is where the system says no.</summary>
    public static void Enter()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(OfProcess, CallingThread, Niceness);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);
}
