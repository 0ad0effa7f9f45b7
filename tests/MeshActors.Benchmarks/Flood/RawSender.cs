using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MeshActors.Benchmarks.Flood;

/// <summary>Sends whole IPv4 packets, whatever source they name, many with one call; needs root.</summary>
/// <remarks>A raw socket of protocol 255 (raw(7)): the system fills in length, identification and sum of the IP header.</remarks>
internal sealed unsafe partial class RawSender : IDisposable
{
    /// <summary>Packets of one call at most.</summary>
    public const int MaxBatch = 64;

    private const int SocketBufferBytes = 4 * 1024 * 1024;
    private const int AddressBytes = 16;
    private const ProtocolType RawProtocol = (ProtocolType)255;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly BatchHeader* _headers;
    private readonly IoVector* _vectors;
    private readonly byte* _target;

    /// <param name="target">Where packets are routed to; their headers name it too.</param>
    public RawSender(IPAddress target)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, RawProtocol)
        {
            SendBufferSize = SocketBufferBytes,
        };
        _descriptor = (int)_socket.Handle;
        _headers = (BatchHeader*)NativeMemory.AllocZeroed(MaxBatch, (nuint)sizeof(BatchHeader));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(MaxBatch, (nuint)sizeof(IoVector));
        _target = (byte*)NativeMemory.AllocZeroed(AddressBytes);
        new IPEndPoint(target, 0).Serialize().Buffer.Span[..AddressBytes].CopyTo(new Span<byte>(_target, AddressBytes));
    }

    /// <summary>Sends packets that lie side by side.</summary>
    /// <param name="packets">All of them, pinned.</param>
    /// <param name="packetBytes">Bytes of each.</param>
    /// <returns>How many the system took.</returns>
    public int Send(ReadOnlySpan<byte> packets, int packetBytes)
    {
        var count = packets.Length / packetBytes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxBatch, nameof(packets));
        fixed (byte* start = packets)
        {
            for (var i = 0; i < count; i++)
            {
                _vectors[i] = new IoVector { Start = start + (i * packetBytes), Length = (nuint)packetBytes };
                _headers[i] = new BatchHeader
                {
                    Name = _target,
                    NameLength = AddressBytes,
                    Vectors = _vectors + i,
                    VectorCount = 1,
                };
            }

            return Math.Max(0, SendMessages(_descriptor, _headers, (uint)count, 0));
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_target);
    }

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMessages(int socket, BatchHeader* messages, uint count, int flags);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary><c>struct mmsghdr</c> of 64-bit systems: <c>struct msghdr</c>, filled up to 8 bytes, and a count.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct BatchHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public ulong Flags;
        public uint Sent;
    }
}
