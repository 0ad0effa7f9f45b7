using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Nat;

/// <summary>Whole nodes behind simulated NATs, with relays between them, in virtual time: the same machines that run behind sockets.</summary>
internal sealed class NatWorld : IDisposable
{
    /// <summary>Numbers of identities that relays have, so that they are never those of nodes.</summary>
    private const int FirstRelay = 500;

    /// <summary>Steps without time between them that are taken for a node that never comes to rest.</summary>
    private const int MostStepsAtOnce = 10_000;

    private readonly SimRandom _random;
    private readonly List<NatNode> _relays = [];
    private readonly List<NatNode> _nodes = [];
    private readonly Dictionary<SimHost, NatNode> _byHost = [];
    private readonly List<NatNode> _all = [];

    private int _stepsNow;

    public NatWorld(ulong seed, SimLink defaultLink)
    {
        _random = new SimRandom(seed);
        Internet = new SimInternet(defaultLink, _random.Split());
        Neighbourhood = new SimNeighbourhood(Internet, _random.Split());
        Connections = new SimConnections(Internet, _random.Split());
    }

    public SimInternet Internet { get; }

    public SimNeighbourhood Neighbourhood { get; }

    /// <summary>Of the tunnels of nodes added from now on.</summary>
    public TunnelSettings Settings { get; set; } = new();

    public SimConnections Connections { get; }

    public MonoTime Now { get; private set; }

    public DateTimeOffset UtcNow => SimIdentities.Epoch + TimeSpan.FromHours(1) + (Now - default(MonoTime));

    /// <summary>What went wrong first, null while all is well.</summary>
    public string? Failure { get; private set; }

    public IReadOnlyList<NatNode> Relays => _relays;

    public IReadOnlyList<NatNode> Nodes => _nodes;

    /// <summary>A relay with a public address; it forwards to those before it, and they to it.</summary>
    public NatNode AddRelay(int site, RelaySettings? settings = null)
    {
        var host = Neighbourhood.Connect($"relay{_relays.Count}", site, NatAccess.Open);
        var relay = Add(host, FirstRelay + _relays.Count, settings ?? new RelaySettings());
        Connections.Listen(host, NatConnections.ListensAt(host));
        foreach (var other in _relays)
        {
            other.Use(relay, Now);
            relay.Use(other, Now);
        }

        _relays.Add(relay);
        return relay;
    }

    /// <summary>A node that uses some of the relays.</summary>
    public NatNode AddNode(string name, int site, NatAccess access, params IEnumerable<NatNode> relays) =>
        AddNode(Neighbourhood.Connect(name, site, access), relays);

    /// <summary>The same on a host that has its addresses.</summary>
    public NatNode AddNode(SimHost host, params IEnumerable<NatNode> relays)
    {
        var node = Add(host, _nodes.Count + 1, relaying: null);
        node.HandleMoved(isNoticed: false, Now);
        foreach (var relay in relays)
        {
            node.Use(relay, Now);
        }

        _nodes.Add(node);
        return node;
    }

    /// <summary>Lets time pass until something holds or a span is over.</summary>
    /// <returns>True when it holds.</returns>
    public bool RunUntil(TimeSpan most, Func<bool> holds)
    {
        var end = Now + most;
        DriveAll();
        while (!holds())
        {
            if (Failure is not null || NextStep() is not { } next || next > end)
            {
                Now = Failure is null ? end : Now;
                return false;
            }

            _stepsNow = next > Now ? 0 : _stepsNow + 1;
            Now = MonoTime.Latest(Now, next);
            Failure ??= _stepsNow > MostStepsAtOnce ? $"time does not go on: {Restless()}" : null;
            Step();
        }

        return true;
    }

    public void Run(TimeSpan span) => RunUntil(span, () => false);

    public void Dispose()
    {
        foreach (var node in _all)
        {
            node.Dispose();
        }
    }

    private NatNode Add(SimHost host, int number, RelaySettings? relaying)
    {
        var node = new NatNode(host, number, relaying, Connections, _random.Split(), Settings);
        _byHost.Add(host, node);
        _all.Add(node);
        return node;
    }

    private MonoTime? NextStep()
    {
        var next = MonoTime.Earliest(Internet.NextArrival, Connections.NextAt);
        foreach (var node in _all)
        {
            next = MonoTime.Earliest(next, node.DueAt);
        }

        return next;
    }

    /// <summary>Who is due all the time.</summary>
    private string Restless() => string.Join(", ", _all.Where(node => node.Switch.NextTimeout <= Now).Select(
        node => $"{node.Host.Place.Name} table {node.Switch.Table.NextTimeout <= Now} links {node.Switch.Links.NextTimeout <= Now}"));

    /// <summary>Whatever arrived or is due now; nodes to which nothing happened are left alone.</summary>
    private void Step()
    {
        while (Internet.TryReceive(Now, out var datagram))
        {
            var node = _byHost[datagram.Host];
            node.Receive(datagram, Now, UtcNow);
            Drive(node);
        }

        while (Connections.TryTake(Now, out var happened))
        {
            var node = _byHost[happened.AtClient ? happened.Connection.Client : happened.Connection.Server];
            node.Receive(happened, Now, UtcNow);
            Drive(node);
        }

        foreach (var node in _all)
        {
            if (node.DueAt <= Now)
            {
                Drive(node);
            }
        }
    }

    /// <summary>The owner may have done anything to any node.</summary>
    private void DriveAll()
    {
        foreach (var node in _all)
        {
            Drive(node);
        }
    }

    private void Drive(NatNode node) => Failure ??= node.Drive(Internet, Now, UtcNow);
}
