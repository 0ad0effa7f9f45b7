using System;
using System.Buffers.Binary;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace MeshActors.Benchmarks.Relays;

/// <summary>Pairs over a TURN relay: even ends have an allocation and a channel to their peer (RFC 8656), odd ends are the peers, plain UDP.</summary>
/// <remarks>One allocation a pair, so the relay moves each datagram once, as ours does. Channel data carries no tag: it is cheaper to check than ours.</remarks>
internal sealed class TurnPairs : IRelayedPairs
{
    private const uint MagicCookie = 0x2112A442;
    private const int HeaderSize = 20;
    private const int ChannelHeaderSize = 4;
    private const ushort Channel = 0x4000;
    private const ushort Allocate = 0x0003;
    private const ushort ChannelBind = 0x0009;
    private const ushort Success = 0x0100;
    private const ushort ChannelNumber = 0x000C;
    private const ushort Lifetime = 0x000D;
    private const ushort XorPeerAddress = 0x0012;
    private const ushort XorRelayedAddress = 0x0016;
    private const ushort RequestedTransport = 0x0019;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Socket[] _sockets;
    private readonly byte[] _received = new byte[ushort.MaxValue];
    private byte[] _payload = [];
    private byte[] _channelData = [];

    /// <param name="server">The TURN server, which asks for no credentials.</param>
    /// <param name="pairs">Pairs, each with one allocation.</param>
    public TurnPairs(IPEndPoint server, int pairs)
    {
        _sockets = new Socket[2 * pairs];
        for (var pair = 0; pair < pairs; pair++)
        {
            var peer = Bound();
            var client = Bound();
            _sockets[2 * pair] = client;
            _sockets[(2 * pair) + 1] = peer;
            client.Connect(server);
            var relayed = Ask(client, Allocate, Attribute(RequestedTransport, [17, 0, 0, 0]), Attribute(Lifetime, [0, 0, 14, 16]));
            Span<byte> channel = [(byte)(Channel >> 8), (byte)(Channel & 0xFF), 0, 0];
            Ask(
                client,
                ChannelBind,
                Attribute(ChannelNumber, channel),
                Attribute(XorPeerAddress, Xored((IPEndPoint)peer.LocalEndPoint!)));
            peer.Connect(relayed!);
            client.Blocking = peer.Blocking = false;
        }
    }

    public int Ends => _sockets.Length;

    public long Faults { get; private set; }

    public void Prepare(int size, int count)
    {
        _payload = PairLoad.PayloadOf(size);
        _channelData = new byte[ChannelHeaderSize + size];
        BinaryPrimitives.WriteUInt16BigEndian(_channelData, Channel);
        BinaryPrimitives.WriteUInt16BigEndian(_channelData.AsSpan(2), (ushort)size);
        _payload.CopyTo(_channelData, ChannelHeaderSize);
    }

    public void Send(int end) =>
        _sockets[end].Send(end % 2 == 0 ? _channelData : _payload, SocketFlags.None, out _);

    public bool TryTake(int end)
    {
        var length = _sockets[end].Receive(_received, SocketFlags.None, out var error);
        var expected = end % 2 == 0 ? _channelData : _payload;

        // The sizes are multiples of four, so nothing is padded.
        if (error != SocketError.Success || length != expected.Length)
        {
            return false;
        }

        Faults += _received.AsSpan(0, length).SequenceEqual(expected) ? 0 : 1;
        return true;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.OfType<Socket>())
        {
            socket.Dispose();
        }
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
        };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    /// <summary>Sends a request until it is answered; gives the relayed address when the answer has one.</summary>
    private static IPEndPoint? Ask(Socket client, ushort method, params byte[][] attributes)
    {
        var request = new byte[HeaderSize + attributes.Sum(attribute => attribute.Length)];
        BinaryPrimitives.WriteUInt16BigEndian(request, method);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(2), (ushort)(request.Length - HeaderSize));
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), MagicCookie);
        Random.Shared.NextBytes(request.AsSpan(8, 12));
        attributes.SelectMany(attribute => attribute).ToArray().CopyTo(request, HeaderSize);
        var answer = new byte[1500];
        for (var send = 0; send < 10; send++)
        {
            client.Send(request);
            var length = client.Receive(answer, SocketFlags.None, out var error);
            if (error != SocketError.Success || !answer.AsSpan(8, 12).SequenceEqual(request.AsSpan(8, 12)))
            {
                continue;
            }

            return BinaryPrimitives.ReadUInt16BigEndian(answer) == (method | Success)
                ? RelayedIn(answer.AsSpan(HeaderSize, length - HeaderSize))
                : throw new BenchException($"The TURN server refused: {Convert.ToHexString(answer.AsSpan(0, length))}.");
        }

        throw new BenchException("The TURN server did not answer.");
    }

    private static IPEndPoint? RelayedIn(ReadOnlySpan<byte> attributes)
    {
        while (attributes.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(attributes[2..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(attributes) == XorRelayedAddress && length == 8)
            {
                var port = BinaryPrimitives.ReadUInt16BigEndian(attributes[6..]) ^ (MagicCookie >> 16);
                Span<byte> address = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(
                    address, BinaryPrimitives.ReadUInt32BigEndian(attributes[8..]) ^ MagicCookie);
                return new IPEndPoint(new IPAddress(address), (int)port);
            }

            attributes = attributes[Math.Min(attributes.Length, 4 + ((length + 3) & ~3))..];
        }

        return null;
    }

    private static byte[] Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var attribute = new byte[4 + value.Length];
        BinaryPrimitives.WriteUInt16BigEndian(attribute, type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute.AsSpan(2), (ushort)value.Length);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }

    private static byte[] Xored(IPEndPoint endpoint)
    {
        var value = new byte[8];
        value[1] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(2), (ushort)(endpoint.Port ^ (int)(MagicCookie >> 16)));
        endpoint.Address.TryWriteBytes(value.AsSpan(4), out _);
        BinaryPrimitives.WriteUInt32BigEndian(
            value.AsSpan(4), BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(4)) ^ MagicCookie);
        return value;
    }
}
