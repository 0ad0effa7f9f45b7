using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Wire;

namespace MeshActors.Benchmarks.Flood;

/// <summary>Sends first messages from many addresses at a steady rate, and hears what comes back to any of them.</summary>
/// <remarks>Its namespace takes all these addresses for its own. One thread sends and hears. With true attempts it returns the cookies it is given.</remarks>
internal sealed class FloodSource : ILoadSide
{
    private const int NoiseMessages = 50;
    private const int Attempts = 10;

    private readonly byte[] _reply = new byte[ushort.MaxValue];
    private readonly byte[] _cookie = new byte[CookieReply.CookieSize];
    private readonly SessionKeySlab _slab = new();
    private FloodPackets? _packets;
    private RawSender? _sender;
    private Socket? _replies;
    private FleetSecret? _secret;
    private CookieSeal? _seal;
    private long[] _sentTo = [];
    private long[] _heardFor = [];
    private Thread? _thread;
    private volatile bool _ending;
    private FloodCounts _counts = new();

    public LoadCounters Counters => default;

    /// <summary>Makes the messages: noise, or true attempts (<see cref="ChildCommand.Sealed"/>), for so many addresses.</summary>
    public ChildAnswer Open(ChildCommand command)
    {
        if (!NodeCertificate.TryRead(Convert.FromBase64String(command.Certificate), out var responder))
        {
            throw new BenchException("The node's certificate cannot be read.");
        }

        var target = IPEndPoint.Parse(command.Target);
        _secret = FleetSecret.Parse(command.Secret);
        var context = TrustContext.Of(_secret);
        _packets = new FloodPackets(command.Count, command.Sealed ? Attempts : NoiseMessages, target);
        if (command.Sealed)
        {
            _packets.FillWithAttempts(responder, context);
            _seal = new CookieSeal(_slab, responder.StaticKey, context);
        }
        else
        {
            _packets.FillWithNoise(responder, context);
        }

        _sentTo = new long[command.Count];
        _heardFor = new long[command.Count];
        _sender = new RawSender(target.Address);
        _replies = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _replies.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
        _replies.Bind(new IPEndPoint(IPAddress.Any, FloodPackets.Port));
        return new ChildAnswer();
    }

    /// <summary>Sends <see cref="ChildCommand.PacketsPerSecond"/> until the end.</summary>
    public void Begin(ChildCommand command)
    {
        _ending = false;
        _counts = new FloodCounts();
        Array.Clear(_sentTo);
        Array.Clear(_heardFor);
        _thread = new Thread(() => Send(command.PacketsPerSecond)) { IsBackground = true };
        _thread.Start();
    }

    public void End()
    {
        _ending = true;
        _thread?.Join();
        _thread = null;
    }

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    /// <summary>What it has sent and heard since it began; complete after the end.</summary>
    public FloodCounts Counts()
    {
        var worst = 0.0;
        for (var address = 0; address < _sentTo.Length; address++)
        {
            worst = Math.Max(worst, _sentTo[address] == 0 ? 0 : (double)_heardFor[address] / _sentTo[address]);
        }

        return _counts with { WorstOutPerIn = worst };
    }

    public void Dispose()
    {
        End();
        _sender?.Dispose();
        _replies?.Dispose();
        _seal?.Dispose();
        _slab.Dispose();
        _secret?.Dispose();
    }

    private void Send(double packetsPerSecond)
    {
        var began = Stopwatch.GetTimestamp();
        var next = 0;
        var sent = 0L;
        while (!_ending)
        {
            var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * packetsPerSecond) - sent;
            if (due < RawSender.MaxBatch / 4)
            {
                Hear();
                Thread.Sleep(1);
                continue;
            }

            var batch = _packets!.Batch(next, (int)Math.Min(due, RawSender.MaxBatch));
            var taken = _sender!.Send(batch, FloodPackets.PacketBytes);
            for (var i = 0; i < taken; i++)
            {
                _sentTo[(next + i) % _packets.Addresses] += HandshakeMessage1.Size;
            }

            var offered = batch.Length / FloodPackets.PacketBytes;
            sent += offered;
            next = (next + offered) % _packets.Count;
            _counts = _counts with
            {
                PacketsIn = _counts.PacketsIn + taken,
                BytesIn = _counts.BytesIn + ((long)taken * HandshakeMessage1.Size),
                Refused = _counts.Refused + offered - taken,
            };
            Hear();
        }
    }

    /// <summary>Takes what has come back, to whichever of the addresses.</summary>
    private void Hear()
    {
        while (_replies!.Available > 0)
        {
            var flags = SocketFlags.None;
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            var length = _replies.ReceiveMessageFrom(_reply.AsSpan(), ref flags, ref from, out var packet);
            var address = _packets!.NumberOf(packet.Address);
            if (address < 0)
            {
                continue;
            }

            _heardFor[address] += length;
            var reply = _reply.AsSpan(0, length);
            _counts = _counts with
            {
                PacketsOut = _counts.PacketsOut + 1,
                BytesOut = _counts.BytesOut + length,
                Answers = _counts.Answers + (HandshakeMessage2.Check(reply, out _) is null ? 1 : 0),
            };
            if (_seal is not null && CookieReply.Check(reply) is null
                && _packets.TryFind(reply[CookieReply.MacOffset..], out _) && _seal.TryOpen(reply, _cookie))
            {
                _packets.UseCookie(address, _cookie);
                _counts = _counts with { Cookies = _counts.Cookies + 1 };
            }
        }
    }
}
