using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using MeshActors.Benchmarks.Children;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Benchmarks.Relays;

/// <summary>Pairs over our relay: each end has a socket and a lease of its own. Every frame is tagged; one of <see cref="CheckedOf"/> that arrive is
/// verified here too, at the relay all are.</summary>
internal sealed class OwnPairs : IRelayedPairs
{
    /// <summary>Of so many frames that arrive one is unwrapped and compared.</summary>
    public const int CheckedOf = 16;

    private const ulong FirstAddress = 1_000;
    private static readonly MeshAddress Relay = new(0, 1);
    private static readonly MonoTime Begin = new(0);

    private readonly SessionKeySlab _slab = new();
    private readonly Socket[] _sockets;
    private readonly RelayClients[] _clients;
    private readonly byte[][] _frames;
    private readonly int[] _next;
    private readonly byte[] _received = new byte[ushort.MaxValue];
    private byte[] _payload = [];
    private int _frameBytes;
    private long _taken;

    private OwnPairs(int ends)
    {
        _sockets = new Socket[ends];
        _clients = new RelayClients[ends];
        _frames = new byte[ends][];
        _next = new int[ends];
    }

    public int Ends => _sockets.Length;

    public long Faults { get; private set; }

    /// <summary>Makes the ends and has the relay give them leases.</summary>
    public static async Task<OwnPairs> OpenAsync(ChildLink relay, int pairs)
    {
        var random = SystemRandomSource.Instance;
        var opened = new OwnPairs(2 * pairs);
        var answer = await relay.AskAsync(new ChildCommand { Verb = ChildVerb.Open });
        var endpoint = IPEndPoint.Parse(answer.Endpoint);
        var content = new byte[RelayLeaseFrame.ContentSize];
        var requests = new string[opened.Ends];
        for (var end = 0; end < opened.Ends; end++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            socket.Connect(endpoint);
            opened._sockets[end] = socket;
            opened._clients[end] = new RelayClients(AddressOf(end), opened._slab, random);
            opened._clients[end].Add(Relay, forwards: false, Begin);
            opened._clients[end].PollRequest(out _, content, Begin);
            requests[end] = $"{AddressOf(end)}@{Convert.ToBase64String(content)}@{socket.LocalEndPoint}";
        }

        answer = await relay.AskAsync(new ChildCommand { Verb = ChildVerb.Open, Peers = requests });
        for (var end = 0; end < opened.Ends; end++)
        {
            var client = opened._clients[end][0]!;
            client.HandleLeased(Convert.FromBase64String(answer.Peers[end]), Begin);
            client.Endpoint = UdpEndpoint.From(endpoint);
            if (!client.IsLeased)
            {
                throw new BenchException($"The relay gave end {end} no lease: {client.Refusal}.");
            }
        }

        return opened;
    }

    public void Prepare(int size, int count)
    {
        _payload = PairLoad.PayloadOf(size);
        _frameBytes = size + RelayFrame.Size;
        var room = new byte[size + RelayFrame.Size + RelayFrame.SourceSize];
        for (var end = 0; end < Ends; end++)
        {
            _frames[end] = new byte[count * _frameBytes];
            _next[end] = 0;
            var to = RelayClients.EndpointOf(0, 0, AddressOf(end ^ 1));
            for (var frame = 0; frame < count; frame++)
            {
                var length = _clients[end].Wrap(_payload, to, room, out _);
                room.AsSpan(0, length).CopyTo(_frames[end].AsSpan(frame * _frameBytes));
            }
        }
    }

    public void Send(int end) =>
        _sockets[end].Send(
            _frames[end].AsSpan(_next[end]++ * _frameBytes, _frameBytes), SocketFlags.None, out _);

    public bool TryTake(int end)
    {
        var length = _sockets[end].Receive(_received, SocketFlags.None, out var error);
        if (error != SocketError.Success || length != _frameBytes)
        {
            return false;
        }

        var frame = _received.AsSpan(0, length);
        if (_taken++ % CheckedOf == 0
            && (_clients[end].TryUnwrap(frame, out var source, out var datagram) is not null
                || source != RelayClients.EndpointOf(0, 0, AddressOf(end ^ 1))
                || !frame[datagram].SequenceEqual(_payload)))
        {
            Faults++;
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.OfType<Socket>())
        {
            socket.Dispose();
        }

        foreach (var clients in _clients.OfType<RelayClients>())
        {
            clients.Dispose();
        }

        _slab.Dispose();
    }

    private static MeshAddress AddressOf(int end) => new(0, FirstAddress + (uint)end);
}
