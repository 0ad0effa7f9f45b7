using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Transport.Io;

/// <summary>The one data plane of a node: its sockets, its tunnels, and the thread that drives them.</summary>
/// <remarks>
/// Made by <see cref="Start"/>, ended by <see cref="DisposeAsync"/>. All members may be used from any thread. What
/// happens is told to the <see cref="IEngineHandler"/>, on the driver thread.
/// </remarks>
internal sealed class MeshEngine : IAsyncDisposable
{
    private const string StoppedText = "The engine has stopped.";

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(1);

    private readonly IDatagramSockets _sockets;
    private readonly EngineInbox _inbox;
    private readonly EngineTunnels _tunnels;
    private readonly EngineConnections _connections;
    private readonly IEngineHandler _handler;
    private readonly EngineCounters _counters = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PortMappings? _mappings;
    private int _disposed;

    private MeshEngine(
        IDatagramSockets sockets,
        NodeIdentity identity,
        EngineInbox inbox,
        EngineConnections connections,
        IEngineHandler handler,
        Clock clock)
    {
        _connections = connections;
        _sockets = sockets;
        _inbox = inbox;
        _handler = handler;
        _tunnels = new EngineTunnels(inbox, handler, clock);
        Identity = identity;
    }

    public NodeIdentity Identity { get; }

    /// <summary>True until it was stopped, or its driver loop has ended by a fault.</summary>
    public bool IsRunning => Volatile.Read(ref _disposed) == 0;

    public MeshAddress Address => Identity.Address;

    /// <summary>As bound, port 0 resolved.</summary>
    public ImmutableArray<UdpEndpoint> LocalEndpoints => _sockets.LocalEndpoints;

    /// <summary>Which sockets it has, and what the system granted them.</summary>
    public SocketFacts Sockets => _sockets.Facts;

    /// <summary>Where connections of clients are taken, port 0 resolved; null where they are not.</summary>
    public IPEndPoint? WebSocketEndpoint => _connections.LocalEndpoint;

    /// <summary>What went over connections, to relays and of clients.</summary>
    public ConnectionStatistics ConnectionStatistics => _connections.Statistics;

    /// <summary>What the driver loop has done since its start.</summary>
    public EngineStatistics Statistics => _counters.Snapshot();

    /// <summary>What all tunnels have carried since the start, by the kind of way.</summary>
    public NodeTraffic Traffic { get; private set; } = new();

    /// <summary>What was dropped, by reason.</summary>
    public DropCounters Drops { get; } = new();

    /// <summary>Binds the sockets and starts the driver thread.</summary>
    /// <param name="settings">Where to listen, times and bounds.</param>
    /// <param name="identity">Who the node is; stays the caller's to dispose, after the engine.</param>
    /// <param name="trust">Whom it talks to.</param>
    /// <param name="clock">Time.</param>
    /// <param name="random">Connection ids, incarnations, ephemeral keys.</param>
    /// <param name="handler">Who owns the tunnels.</param>
    /// <exception cref="System.Net.Sockets.SocketException">An endpoint is taken or is none of this machine's.</exception>
    public static MeshEngine Start(
        EngineSettings settings,
        NodeIdentity identity,
        TrustSettings trust,
        Clock clock,
        IRandomSource random,
        IEngineHandler handler) =>
        StartOn(NodeSockets.Bind(settings.Sockets, settings.Binds), settings, identity, trust, clock, random, handler);

    /// <summary>Starts the driver thread on sockets that are bound and are taken over; else as <see cref="Start"/>.</summary>
    /// <param name="sockets">The sockets.</param>
    /// <param name="settings">Times and bounds.</param>
    /// <param name="identity">Who the node is.</param>
    /// <param name="trust">Whom it talks to.</param>
    /// <param name="clock">Time.</param>
    /// <param name="random">Connection ids, incarnations, ephemeral keys.</param>
    /// <param name="handler">Who owns the tunnels.</param>
    /// <param name="derive">What derives claimed addresses; null is <see cref="AddressClaim.Derive"/>, and nothing else is for use outside
    /// measurements of thousands of nodes in one machine.</param>
    public static MeshEngine StartOn(
        IDatagramSockets sockets,
        EngineSettings settings,
        NodeIdentity identity,
        TrustSettings trust,
        Clock clock,
        IRandomSource random,
        IEngineHandler handler,
        Func<AddressClaim, MeshAddress?>? derive = null)
    {
        var (engine, machines, loop, deriver) = Compose(sockets, settings, identity, trust, clock, random, handler, derive);
        deriver.Start();
        var addresses = new AddressWatch(sockets.LocalEndpoints, engine.HandleAddresses);
        new Thread(() => engine.Run(loop, machines, addresses, deriver)) { IsBackground = true, Name = $"mesh {identity.Address}" }.Start();
        engine._mappings = settings.PortMapping ? PortMappings.Start(
            sockets.LocalEndpoints, mapped => engine.Do((node, now) => node.Place.SetMapped(mapped, now)), random, clock) : null;
        return engine;
    }

    /// <summary>An engine without threads, whose owner lets time pass: for simulations. Else as <see cref="StartOn"/>.</summary>
    public static SteppedEngine StartStepped(
        IDatagramSockets sockets,
        EngineSettings settings,
        NodeIdentity identity,
        TrustSettings trust,
        Clock clock,
        IRandomSource random,
        IEngineHandler handler,
        Func<AddressClaim, MeshAddress?> derive)
    {
        var (engine, machines, loop, deriver) = Compose(sockets, settings, identity, trust, clock, random, handler, derive);
        return new SteppedEngine(engine, loop, deriver, () => engine.End(machines, deriver));
    }

    /// <summary>Takes the endpoints at which the sockets may be reached from other machines.</summary>
    public void HandleAddresses(ImmutableArray<UdpEndpoint> hosts) => Do((node, now) =>
    {
        if (node.SetHosts(hosts, now))
        {
            node.HandleNetworkChanged(now);
        }
    });

    /// <summary>Asks an endpoint for its certificate: first contact with only a pinned root, or a fleet secret.</summary>
    /// <param name="endpoint">Whom to ask.</param>
    /// <param name="expectedRoot">The root that must answer; null takes any member of the fleet.</param>
    /// <param name="cancellation">Stops waiting; the question ends by itself after the handshake timeout.</param>
    /// <exception cref="TunnelException">Nobody answered in time, or there is nothing to ask under.</exception>
    public Task<PeerRecord> AskCertificateAsync(
        UdpEndpoint endpoint, RootKey? expectedRoot, CancellationToken cancellation)
    {
        var outcome = new TaskCompletionSource<PeerRecord>(TaskCreationOptions.RunContinuationsAsynchronously);
        AskCertificate(endpoint, expectedRoot, answer =>
        {
            if (answer.Record is { } record)
            {
                outcome.TrySetResult(record);
            }
            else
            {
                outcome.TrySetException(new TunnelException(answer.Error, answer.Text));
            }
        });
        return outcome.Task.WaitAsync(cancellation);
    }

    /// <summary>Asks an endpoint for its certificate; the answer is told once, on the driver loop, after the handshake timeout at the latest.</summary>
    /// <param name="endpoint">Whom to ask.</param>
    /// <param name="expectedRoot">The root that must answer; null takes any member of the fleet.</param>
    /// <param name="answer">Told the peer, or why there is none; must be quick.</param>
    public void AskCertificate(UdpEndpoint endpoint, RootKey? expectedRoot, Action<QuestionAnswer> answer) =>
        _inbox.Add(new EngineCommand(EngineCommandKind.Ask, new EngineQuestion(endpoint, expectedRoot, answer)));

    /// <summary>The live tunnel to a peer; else a new one, whose handshake starts now and whose outcome the handler is told.</summary>
    /// <param name="peer">Whom to reach.</param>
    /// <param name="early">What goes with a new one's first message; null for nothing.</param>
    public MeshTunnel Open(PeerRecord peer, EarlyRequest? early = null)
    {
        var tunnel = _tunnels.GetOrAdd(peer, accepted: false, out var added);
        if (added)
        {
            // First, so that all of it waits for the tunnel when the driver loop opens that.
            early?.Begin(tunnel);
            _inbox.Add(new EngineCommand(EngineCommandKind.OpenTunnel, tunnel));
        }

        return tunnel;
    }

    /// <summary>Starts a new handshake for a failed tunnel; its streams go on when the peer still knows them.</summary>
    public void Reopen(MeshTunnel tunnel) => _inbox.Add(new EngineCommand(EngineCommandKind.ReopenTunnel, tunnel));

    /// <summary>Makes a tunnel fail as if its peer were silent: for owners that know better, and for tests.</summary>
    public void Fail(MeshTunnel tunnel) => _inbox.Add(new EngineCommand(EngineCommandKind.FailTunnel, tunnel));

    /// <summary>Closes a tunnel and tells the peer.</summary>
    /// <param name="tunnel">Which one.</param>
    /// <param name="code">A code of <see cref="TunnelCloseCode"/>.</param>
    /// <param name="reason">For people, at most 256 bytes of UTF-8.</param>
    public void Close(MeshTunnel tunnel, ulong code, string reason) =>
        _inbox.Add(new EngineCommand(EngineCommandKind.CloseTunnel, tunnel, number: code, text: reason));

    /// <summary>Uses a relay from here on: keeps a tunnel to it open, and a lease in it.</summary>
    /// <param name="relay">Who it is, and where over UDP.</param>
    /// <param name="webSocket">Where it takes connections for when UDP does not get through; null for nowhere.</param>
    public void UseRelay(PeerRecord relay, Uri? webSocket = null) => Do((node, now) => node.Links.Add(relay, now, webSocket));

    /// <summary>Opens a connection to a relay, or keeps it open, for a minute.</summary>
    /// <returns>The endpoint that stands for it; what is sent there waits until it is open. Null when there are too many.</returns>
    public Task<UdpEndpoint?> ConnectAsync(Uri webSocket) => AskLoopAsync((node, now) =>
    {
        var connection = node.Connections.To(webSocket);
        connection?.Want(now);
        return connection?.Endpoint;
    });

    /// <summary>Does not use a relay any more: another node is where it was.</summary>
    public void ForgetRelay(MeshAddress relay) => Do((node, now) => node.ForgetRelay(relay, now));

    /// <summary>How a node is reached over relays where it has leases, as endpoints that exist in this process alone.</summary>
    public Task<ImmutableArray<UdpEndpoint>> WaysOverAsync(MeshAddress target, ImmutableArray<MeshAddress> relays) =>
        AskLoopAsync(node => relays.SelectMany(relay => node.Links.WaysTo(target, RelayName.Of(relay))).ToImmutableArray());

    /// <summary>All ways to a node over the relays where this node has leases now, and those that they forward to; to one of these relays itself the way to it.</summary>
    public Task<ImmutableArray<(MeshAddress Relay, UdpEndpoint Way)>> WaysToAsync(MeshAddress target) =>
        AskLoopAsync(node => node.Links.AllWaysTo(target));

    /// <summary>The relays where peers reach this node now, home relay first.</summary>
    public Task<ImmutableArray<MeshAddress>> LeasesAsync() => AskLoopAsync(node => node.Links.Leases.ToImmutableArray());

    public ImmutableArray<MeshTunnel> Snapshot() => _tunnels.Snapshot();

    /// <summary>Closes all tunnels, sends what says so, frees the sockets; at most one second.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _inbox.Add(new EngineCommand(EngineCommandKind.Stop, number: (ulong)LongestStop.Ticks));
        }

        // Beside the last datagrams of tunnels, and no longer than these may take.
        if (_mappings is not null)
        {
            await _mappings.DisposeAsync().ConfigureAwait(false);
        }

        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Does something with the machines, on the driver thread; nothing when the engine has stopped.</summary>
    public void Do(Action<NodeSwitch, MonoTime> what) => _inbox.Add(new EngineCommand(EngineCommandKind.Do, what));

    /// <summary>Asks the machines something, on the driver thread.</summary>
    /// <exception cref="TunnelException">The engine has stopped.</exception>
    public Task<T> AskLoopAsync<T>(Func<NodeSwitch, T> what) => AskLoopAsync((node, _) => what(node));

    /// <inheritdoc cref="AskLoopAsync{T}(Func{NodeSwitch, T})"/>
    public Task<T> AskLoopAsync<T>(Func<NodeSwitch, MonoTime, T> what)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Do((node, now) => answer.TrySetResult(what(node, now)));
        return Task.WhenAny(answer.Task, _ended.Task).ContinueWith(
            _ => answer.Task.IsCompleted ? answer.Task : Task.FromException<T>(Stopped()), TaskScheduler.Default).Unwrap();
    }

    private static (MeshEngine Engine, NodeSwitch Machines, EngineLoop Loop, AddressDeriver Deriver) Compose(
        IDatagramSockets sockets,
        EngineSettings settings,
        NodeIdentity identity,
        TrustSettings trust,
        Clock clock,
        IRandomSource random,
        IEngineHandler handler,
        Func<AddressClaim, MeshAddress?>? derive)
    {
        var inbox = new EngineInbox(sockets.Wake);
        var connections = EngineConnections.Start(settings, inbox, sockets, clock);
        var engine = new MeshEngine(sockets, identity, inbox, connections, handler, clock);
        var machines = new NodeSwitch(settings.Tunnels, settings.Relaying, identity, trust, random, engine.Drops);
        engine.Traffic = machines.Table.Traffic;
        engine._tunnels.Links = machines.Links;
        var commands = new EngineCommands(machines, engine._tunnels, clock);
        var events = new EngineEvents(machines, engine._tunnels, commands, inbox, handler);
        var deriver = new AddressDeriver(inbox, derive ?? (claim => claim.Derive()), clock);
        var loop = new EngineLoop(
            sockets, machines, inbox, commands, events, deriver, connections, engine._counters, settings.Spin, clock);
        return (engine, machines, loop, deriver);
    }

    private static TunnelException Stopped() => new(TunnelErrorCode.Closed, StoppedText);

    private void Run(EngineLoop loop, NodeSwitch machines, AddressWatch addresses, AddressDeriver deriver)
    {
        try
        {
            loop.Run();
        }
#pragma warning disable CA1031 // The thread's last resort: an exception here would end the process.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _handler.OnFault("the driver loop", fault);
        }
        finally
        {
            Interlocked.Exchange(ref _disposed, 1);
            addresses.Dispose();
            End(machines, deriver);
        }
    }

    private void End(NodeSwitch machines, AddressDeriver deriver)
    {
        foreach (var tunnel in _tunnels.Snapshot())
        {
            _tunnels.End(tunnel, new TunnelCloseReason(
                TunnelCloseCause.EngineStopped, TunnelCloseCode.ShuttingDown, "the engine has stopped"));
        }

        _inbox.Close(command => command.Refuse(StoppedText));
        machines.Dispose();
        deriver.Dispose();
        _sockets.Dispose();
        var closing = _connections.DisposeAsync().AsTask();
        if (closing.IsCompleted)
        {
            _ended.TrySetResult();
            return;
        }

        closing.ContinueWith(_ => _ended.TrySetResult(), TaskScheduler.Default);
    }
}
