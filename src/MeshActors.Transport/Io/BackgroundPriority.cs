using System;
using System.Runtime.InteropServices;

namespace MeshActors.Transport.Io;

/// <summary>Lets a thread work in what others leave of the processors, on Linux, where .NET's thread priorities do nothing.</summary>
internal static unsafe partial class BackgroundPriority
{
    /// <summary>About a tenth of the weight of other threads (sched(7)): it gets on, but slowly, where all processors are busy.</summary>
    private const int Niceness = 10;

    /// <summary>
    /// Nanoseconds that it may keep a processor from a thread that wakes up (sched_setattr(2), Linux 6.12). The system's own 3 ms are as long as a full socket
    /// buffer lasts at a gigabyte a second.
    /// </summary>
    private const ulong Slice = 100_000;

    // <sys/resource.h>: the calling thread, as threads are processes to the scheduler of Linux.
    private const int OfProcess = 0;
    private const int CallingThread = 0;

    /// <summary>For the calling thread, for good. It stays as it is where the system says no.</summary>
    public static void Enter()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var attributes = new Attributes { Size = (uint)sizeof(Attributes), Nice = Niceness, Runtime = Slice };
        if (SetAttributesNumber is not { } number || SystemCall(number, CallingThread, &attributes, 0) != 0)
        {
            _ = SetPriority(OfProcess, CallingThread, Niceness);
        }
    }

    /// <summary><c>__NR_sched_setattr</c>, which the C library of older systems has no function for.</summary>
    private static long? SetAttributesNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 314,
        Architecture.Arm64 => 274,
        _ => null,
    };

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, int thread, Attributes* attributes, uint flags);

    /// <summary><c>struct sched_attr</c>, as far as all kernels know it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
