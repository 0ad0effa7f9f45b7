using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MeshActors.Transport.Sockets;

/// <summary>The calls of Linux that move many datagrams at once, with their structures as 64-bit systems lay them out.</summary>
/// <remarks>
/// The only file that imports the system's socket calls. All structures are blittable, so a call costs no more than leaving managed code. Errors are
/// negative numbers of <c>errno</c>.
/// </remarks>
internal static unsafe partial class LinuxCalls
{
    // <bits/socket.h>
    public const int DontWait = 0x40;
    public const ushort FamilyIPv4 = 2;
    public const ushort FamilyIPv6 = 10;

    // <netinet/in.h>, <netinet/udp.h>: levels and options of control messages.
    public const int LevelIPv4 = 0;
    public const int TypeOfService = 1;
    public const int ReceiveTypeOfService = 13;
    public const int LevelIPv6 = 41;
    public const int ReceiveTrafficClass = 66;
    public const int TrafficClass = 67;
    public const int LevelUdp = 17;
    public const int Segment = 103;
    public const int Join = 104;

    // <errno.h>
    public const int Interrupted = 4;
    public const int DeviceError = 5;
    public const int TryAgain = 11;
    public const int InvalidArgument = 22;

    // <poll.h>
    public const short ReadyToRead = 1;
    public const short ReadyToWrite = 4;

    private const string Library = "libc";

    // <sys/eventfd.h>
    private const int EventNonBlocking = 0x800;
    private const int EventCloseOnExec = 0x80000;

    /// <summary>True where the structures below are right.</summary>
    public static bool AreHere => OperatingSystem.IsLinux() && sizeof(nint) == 8;

    public static SafeFileHandle NewEvent() =>
        new(CreateEvent(0, EventNonBlocking | EventCloseOnExec), ownsHandle: true);

    /// <summary>Fills messages with what a socket holds.</summary>
    /// <returns>How many, or a negative error.</returns>
    public static int ReceiveMany(int socket, Message* messages, uint count) =>
        ResultOf(ReceiveMessages(socket, messages, count, DontWait, null));

    /// <summary>Sends one message.</summary>
    /// <returns>Its bytes, or a negative error.</returns>
    public static int Send(int socket, MessageHeader* message) => ResultOf((int)SendMessage(socket, message, DontWait));

    /// <summary>Sends messages, one after the other until one fails.</summary>
    /// <returns>How many were sent, or a negative error of the first.</returns>
    public static int SendMany(int socket, Message* messages, uint count) =>
        ResultOf(SendMessages(socket, messages, count, DontWait));

    /// <summary>Waits until one of the descriptors is ready or the time is over.</summary>
    /// <returns>How many are ready, or a negative error.</returns>
    public static int Poll(Pollable* pollables, int count, TimeSpan timeout)
    {
        var time = new TimeValue
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        return ResultOf(PollUntil(pollables, (nuint)count, &time, null));
    }

    /// <summary>Makes an event ready to be read; one that is closed throws.</summary>
    public static void Raise(SafeFileHandle raised)
    {
        var one = 1ul;
        _ = Write(raised, &one, sizeof(ulong));
    }

    /// <summary>Makes an event not ready; its owner alone may, who has not closed it.</summary>
    public static void Lower(int lowered)
    {
        ulong count;
        _ = Read(lowered, &count, sizeof(ulong));
    }

    private static int ResultOf(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMessages(int socket, Message* messages, uint count, int flags, TimeValue* timeout);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMessages(int socket, Message* messages, uint count, int flags);

    [LibraryImport(Library, EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PollUntil(Pollable* pollables, nuint count, TimeValue* timeout, void* signals);

    [LibraryImport(Library, EntryPoint = "eventfd")]
    private static partial nint CreateEvent(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "write")]
    private static partial nint Write(SafeFileHandle file, ulong* value, nuint size);

    [LibraryImport(Library, EntryPoint = "read")]
    private static partial nint Read(int file, ulong* value, nuint size);

    /// <summary><c>struct iovec</c>: a piece of memory.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Piece
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c>: addresses, content and control messages of one datagram or run.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public Piece* Pieces;
        public nuint PieceCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary><c>struct mmsghdr</c>: one of many messages.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary><c>struct cmsghdr</c>: head of a control message; its value follows.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }

    /// <summary><c>struct pollfd</c>: a descriptor to wait for.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Pollable
    {
        public int Descriptor;
        public short Wanted;
        public short Ready;
    }

    /// <summary><c>struct timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeValue
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
