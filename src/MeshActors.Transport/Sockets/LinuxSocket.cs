using System;
using System.Net;
using System.Net.Sockets;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Sockets;

/// <summary>One UDP socket of one address family on Linux: the system joins what comes in and splits what goes out.</summary>
/// <remarks>
/// <c>UDP_GRO</c> and <c>recvmmsg</c> in, <c>UDP_SEGMENT</c> and <c>sendmsg</c> out; marks (RFC 3168) by control messages both ways. A run
/// larger than the path fails as a whole, which is why probes travel alone. Owned by the driver loop; not safe for two threads.
/// </remarks>
internal sealed unsafe class LinuxSocket : IDisposable
{
    private const int ControlValueOffset = 16;
    private const int ControlSpace = 24;
    private static readonly TimeSpan LongestWaitForRoom = TimeSpan.FromMilliseconds(1);

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly int _side;
    private readonly LinuxCalls.Message* _received;
    private readonly LinuxCalls.MessageHeader* _sent;
    private bool _canSegment = true;
    private int _count;
    private int _next;

    /// <param name="endpoint">Where to bind it.</param>
    /// <param name="buffers">Memory, of the endpoint's family; stays the caller's, which outlives the socket.</param>
    /// <param name="side">Its number when it is a side socket, else −1.</param>
    /// <exception cref="SocketException">The endpoint is taken or is none of this machine's, or the kernel is too old.</exception>
    public LinuxSocket(IPEndPoint endpoint, LinuxBuffers buffers, int side = -1)
    {
        _side = side;
        IsIPv4 = endpoint.AddressFamily == AddressFamily.InterNetwork;
        _socket = BoundSocket.Bind(endpoint);
        try
        {
            BoundSocket.SetOption(_socket, LinuxCalls.LevelUdp, LinuxCalls.Segment, 0);
            BoundSocket.SetOption(_socket, LinuxCalls.LevelUdp, LinuxCalls.Join, 1);
            BoundSocket.SetOption(
                _socket,
                IsIPv4 ? LinuxCalls.LevelIPv4 : LinuxCalls.LevelIPv6,
                IsIPv4 ? LinuxCalls.ReceiveTypeOfService : LinuxCalls.ReceiveTrafficClass,
                1);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _descriptor = (int)_socket.SafeHandle.DangerousGetHandle();

        _received = buffers.Received;
        _sent = buffers.Sent;
    }

    public bool IsIPv4 { get; }

    public Socket Socket => _socket;

    public int Descriptor => _descriptor;

    /// <summary>Its number when it is a side socket, else −1.</summary>
    public int Side => _side;

    /// <summary>Runs that were received and not taken.</summary>
    public bool HasRuns => _next < _count;

    /// <summary>Takes from the system what waits, as much as one call takes; all runs before must have been taken.</summary>
    public void Receive()
    {
        for (var run = 0; run < LinuxBuffers.RunsPerCall; run++)
        {
            ref var header = ref _received[run].Header;
            header.NameLength = SocketAddressCodec.IPv6Size;
            header.ControlLength = LinuxBuffers.ControlCapacity;
        }

        _next = 0;

        // An error is nothing to tell: there is none to read, or one left over from a datagram that was sent (ICMP).
        _count = Math.Max(0, LinuxCalls.ReceiveMany(_descriptor, _received, LinuxBuffers.RunsPerCall));
    }

    /// <summary>Takes the next run; only when <see cref="HasRuns"/>.</summary>
    public DatagramRun Take()
    {
        ref var message = ref _received[_next++];
        ref var header = ref message.Header;
        var segmentBytes = 0;
        var ecn = EcnMark.NotCapable;
        var end = header.Control + header.ControlLength;
        for (var control = header.Control; control + ControlValueOffset <= end;)
        {
            var head = (LinuxCalls.ControlHeader*)control;
            var value = control + ControlValueOffset;
            if (head->Length < ControlValueOffset)
            {
                break;
            }

            switch (head->Level, head->Type)
            {
                case (LinuxCalls.LevelUdp, LinuxCalls.Join):
                    segmentBytes = *(int*)value;
                    break;
                case (LinuxCalls.LevelIPv4, LinuxCalls.TypeOfService):
                    ecn = (EcnMark)(*value & 3);
                    break;
                case (LinuxCalls.LevelIPv6, LinuxCalls.TrafficClass):
                    ecn = (EcnMark)(*(int*)value & 3);
                    break;
            }

            control += (head->Length + 7) & ~(nuint)7;
        }

        return new DatagramRun(
            new Span<byte>(header.Pieces->Start, (int)message.Length),
            segmentBytes,
            SocketAddressCodec.Read(new ReadOnlySpan<byte>(header.Name, SocketAddressCodec.IPv6Size), IsIPv4),
            ecn)
        {
            Side = _side,
        };
    }

    /// <inheritdoc cref="IDatagramSockets.Send"/>
    public int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn)
    {
        SocketAddressCodec.Write(new Span<byte>(_sent->Name, SocketAddressCodec.IPv6Size), to, IsIPv4);
        var count = DatagramRun.CountOf(run.Length, segmentBytes);
        if (count > 1 && !_canSegment)
        {
            return SendOneByOne(run, segmentBytes, ecn);
        }

        var result = Send(run, count > 1 ? segmentBytes : 0, ecn);
        if (count > 1 && result is -LinuxCalls.DeviceError or -LinuxCalls.InvalidArgument)
        {
            // The device cannot compute the sums of datagrams that are split late.
            _canSegment = false;
            return SendOneByOne(run, segmentBytes, ecn);
        }

        return result == run.Length ? count : 0;
    }

    /// <inheritdoc cref="IDatagramSockets.SendShort"/>
    public int SendShort(ReadOnlySpan<byte> datagram, in UdpEndpoint to, byte hops)
    {
        var usual = _socket.Ttl;
        _socket.Ttl = hops;
        var taken = Send(datagram, datagram.Length, to, EcnMark.NotCapable);
        _socket.Ttl = usual;
        return taken;
    }

    public void Dispose() => _socket.Dispose();

    private int SendOneByOne(ReadOnlySpan<byte> run, int segmentBytes, EcnMark ecn)
    {
        var taken = 0;
        for (; !run.IsEmpty; run = run[Math.Min(segmentBytes, run.Length)..])
        {
            var datagram = run[..Math.Min(segmentBytes, run.Length)];
            taken += Send(datagram, 0, ecn) == datagram.Length ? 1 : 0;
        }

        return taken;
    }

    private int Send(ReadOnlySpan<byte> run, int segmentBytes, EcnMark ecn)
    {
        var control = _sent->Control;
        if (segmentBytes > 0)
        {
            *(ushort*)WriteControl(ref control, LinuxCalls.LevelUdp, LinuxCalls.Segment, sizeof(ushort)) =
                (ushort)segmentBytes;
        }

        if (ecn != EcnMark.NotCapable)
        {
            *(int*)WriteControl(
                ref control,
                IsIPv4 ? LinuxCalls.LevelIPv4 : LinuxCalls.LevelIPv6,
                IsIPv4 ? LinuxCalls.TypeOfService : LinuxCalls.TrafficClass,
                sizeof(int)) = (int)ecn;
        }

        _sent->ControlLength = (nuint)(control - _sent->Control);
        fixed (byte* start = run)
        {
            _sent->Pieces->Start = start;
            _sent->Pieces->Length = (nuint)run.Length;
            var result = LinuxCalls.Send(_descriptor, _sent);
            if (result == -LinuxCalls.Interrupted || (result == -LinuxCalls.TryAgain && WaitForRoom()))
            {
                result = LinuxCalls.Send(_descriptor, _sent);
            }

            return result;
        }
    }

    /// <summary>The device is slower than we are: waits for it, but never for long.</summary>
    public bool WaitForRoom()
    {
        var room = new LinuxCalls.Pollable { Descriptor = _descriptor, Wanted = LinuxCalls.ReadyToWrite };
        return LinuxCalls.Poll(&room, 1, LongestWaitForRoom) > 0;
    }

    private static byte* WriteControl(ref byte* control, int level, int type, int size)
    {
        var head = (LinuxCalls.ControlHeader*)control;
        head->Length = (nuint)(ControlValueOffset + size);
        head->Level = level;
        head->Type = type;
        control += ControlSpace;
        return (byte*)head + ControlValueOffset;
    }
}
