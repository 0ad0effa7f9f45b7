using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MeshActors.Benchmarks.Udp;

/// <summary>A UDP socket of Linux that sends and receives many datagrams with one call: UDP_SEGMENT, UDP_GRO, recvmmsg.</summary>
/// <remarks>IPv4. One thread at a time, but for <see cref="Wake"/>.</remarks>
internal sealed unsafe class BatchSocket : IDisposable
{
    /// <summary>Largest UDP payload over IPv4.</summary>
    public const int LargestDatagram = 65_507;

    /// <summary>Datagrams that one call sends at most (<c>UDP_MAX_SEGMENTS</c> of older kernels).</summary>
    public const int MaxSegments = 64;

    private const int Slots = 8;
    private const int SlotBytes = 65_536;
    private const int AddressBytes = 16;
    private const int ControlBytes = 64;
    private const int SocketBufferBytes = 4 * 1024 * 1024;

    // <netinet/in.h>, <linux/udp.h>
    private const int IpLevel = 0;
    private const int MtuDiscover = 10;
    private const int MtuDiscoverProbe = 3;
    private const int UdpLevel = 17;
    private const int UdpSegment = 103;
    private const int UdpGro = 104;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly int _wake;
    private readonly byte* _memory;
    private readonly byte* _receiveBuffers;
    private readonly byte* _addresses;
    private readonly byte* _controls;
    private readonly byte* _sendControl;
    private readonly LinuxCalls.IoVector* _vectors;
    private readonly LinuxCalls.BatchHeader* _headers;
    private readonly int[] _segmentBytes = new int[Slots];

    public BatchSocket(IPEndPoint bind)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            Blocking = false,
            ReceiveBufferSize = SocketBufferBytes,
            SendBufferSize = SocketBufferBytes,
        };
        SetOption(IpLevel, MtuDiscover, MtuDiscoverProbe);
        SetOption(UdpLevel, UdpGro, 1);
        _socket.Bind(bind);
        _descriptor = (int)_socket.Handle;
        _wake = LinuxCalls.EventDescriptor(0, LinuxCalls.EventNonBlocking);

        var headerBytes = Slots * sizeof(LinuxCalls.BatchHeader);
        var vectorBytes = Slots * sizeof(LinuxCalls.IoVector);
        var size = (Slots * (SlotBytes + AddressBytes + ControlBytes)) + ControlBytes + headerBytes + vectorBytes;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)size, 4096);
        NativeMemory.Clear(_memory, (nuint)size);
        _receiveBuffers = _memory;
        _headers = (LinuxCalls.BatchHeader*)(_receiveBuffers + (Slots * SlotBytes));
        _vectors = (LinuxCalls.IoVector*)((byte*)_headers + headerBytes);
        _controls = (byte*)_vectors + vectorBytes;
        _sendControl = _controls + (Slots * ControlBytes);
        _addresses = _sendControl + ControlBytes;
    }

    public IPEndPoint LocalEndpoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Sends what lies in a buffer, cut into datagrams of one size; the last may be shorter.</summary>
    /// <param name="buffer">At most <see cref="LargestDatagram"/> bytes, pinned.</param>
    /// <param name="segmentBytes">Bytes of a datagram.</param>
    /// <param name="to">A <c>sockaddr_in</c>, see <see cref="WriteAddress"/>.</param>
    /// <returns>False when the system did not take it.</returns>
    public bool TrySend(ReadOnlySpan<byte> buffer, int segmentBytes, ReadOnlySpan<byte> to)
    {
        fixed (byte* start = buffer, address = to)
        {
            var vector = new LinuxCalls.IoVector { Base = start, Length = (nuint)buffer.Length };
            var message = new LinuxCalls.MessageHeader
            {
                Name = address,
                NameLength = AddressBytes,
                Vectors = &vector,
                VectorCount = 1,
            };
            if (segmentBytes < buffer.Length)
            {
                // struct cmsghdr: length, level, type, then the datagram size as 16 bits.
                *(nuint*)_sendControl = (nuint)sizeof(nuint) + (2 * sizeof(int)) + sizeof(ushort);
                ((int*)_sendControl)[2] = UdpLevel;
                ((int*)_sendControl)[3] = UdpSegment;
                *(ushort*)(_sendControl + 16) = (ushort)segmentBytes;
                message.Control = _sendControl;
                message.ControlLength = 24;
            }

            return LinuxCalls.SendMessage(_descriptor, &message, 0) == buffer.Length;
        }
    }

    /// <summary>Takes what waits.</summary>
    /// <returns>How many slots are filled; 0 when nothing waits.</returns>
    public int Receive()
    {
        for (var i = 0; i < Slots; i++)
        {
            _vectors[i] = new LinuxCalls.IoVector { Base = _receiveBuffers + (i * SlotBytes), Length = SlotBytes };
            _headers[i].Message = new LinuxCalls.MessageHeader
            {
                Name = _addresses + (i * AddressBytes),
                NameLength = AddressBytes,
                Vectors = _vectors + i,
                VectorCount = 1,
                Control = _controls + (i * ControlBytes),
                ControlLength = ControlBytes,
            };
        }

        var filled = LinuxCalls.ReceiveMessages(_descriptor, _headers, Slots, 0, null);
        for (var i = 0; i < filled; i++)
        {
            _segmentBytes[i] = SegmentBytesOf(i);
        }

        return Math.Max(filled, 0);
    }

    /// <summary>What a slot holds: datagrams of one size behind one another.</summary>
    public Span<byte> Received(int slot, out int segmentBytes)
    {
        segmentBytes = _segmentBytes[slot];
        return new Span<byte>(_receiveBuffers + (slot * SlotBytes), (int)_headers[slot].Length);
    }

    /// <summary>Where a slot's datagrams came from, as <c>sockaddr_in</c>.</summary>
    public ReadOnlySpan<byte> From(int slot) => new(_addresses + (slot * AddressBytes), AddressBytes);

    /// <summary>Waits until something can be received (or sent), <see cref="Wake"/> was called, or the time is over.</summary>
    public void Wait(int timeoutMs, bool forSending = false)
    {
        var entries = stackalloc LinuxCalls.PollEntry[2];
        entries[0] = new LinuxCalls.PollEntry
        {
            Descriptor = _descriptor,
            Wanted = forSending ? LinuxCalls.Writable : LinuxCalls.Readable,
        };
        entries[1] = new LinuxCalls.PollEntry { Descriptor = _wake, Wanted = LinuxCalls.Readable };
        LinuxCalls.Poll(entries, 2, timeoutMs);
        if (entries[1].Happened != 0)
        {
            ulong count;
            LinuxCalls.Read(_wake, &count, sizeof(ulong));
        }
    }

    /// <summary>Ends a wait; from any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        LinuxCalls.Write(_wake, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _socket.Dispose();
        LinuxCalls.Close(_wake);
        NativeMemory.AlignedFree(_memory);
    }

    /// <summary>An endpoint as <c>sockaddr_in</c>.</summary>
    public static byte[] WriteAddress(IPEndPoint endpoint)
    {
        var address = endpoint.Serialize();
        return address.Buffer[..AddressBytes].ToArray();
    }

    private int SegmentBytesOf(int slot)
    {
        var control = _controls + (slot * ControlBytes);
        if (_headers[slot].Message.ControlLength >= 20
            && ((int*)control)[2] == UdpLevel && ((int*)control)[3] == UdpGro)
        {
            return *(int*)(control + 16);
        }

        return (int)_headers[slot].Length;
    }

    private void SetOption(int level, int name, int value) =>
        _socket.SetRawSocketOption(level, name, BitConverter.GetBytes(value));
}
