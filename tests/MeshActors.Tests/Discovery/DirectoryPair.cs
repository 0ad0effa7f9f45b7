using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Backbone;
using MeshActors.Discovery;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Time;
using MeshActors.Wire;

namespace MeshActors.Tests.Discovery;

/// <summary>One node's client and one backbone in virtual time, with a delay between them; the backbone can go and come.</summary>
internal sealed class DirectoryPair
{
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    private readonly PriorityQueue<Action, (MonoTime, int)> _agenda = new();
    private readonly int _node;
    private DirectoryService? _service;
    private int _order;
    private int _stream;

    public DirectoryPair(int node, ulong seed = 1, TimeSpan? lease = null)
    {
        _node = node;
        Client = new RegistrationClient(lease ?? TimeSpan.FromHours(12), new SimRandom(seed), Now);
    }

    public RegistrationClient Client { get; }

    public RecordTable? Table { get; private set; }

    public MonoTime Now { get; private set; } = new(0);

    /// <summary>What the backbone was asked, and when.</summary>
    public List<(MonoTime At, DirectoryRequest Request)> Asked { get; } = [];

    public List<(MonoTime At, RegistrationEvent Event)> Events { get; } = [];

    public List<MonoTime> Connects { get; } = [];

    /// <summary>Swallows requests without an answer while true: a backbone that hangs.</summary>
    public bool Mute { get; set; }

    public void StartBackbone(RecordTable? table = null)
    {
        Table = table ?? new RecordTable(RecordTableSettings.Default, new SimRandom((ulong)Now.Ticks + 9));
        _service = new DirectoryService(Table);
    }

    /// <summary>The process dies and the node's tunnel notices.</summary>
    public void KillBackbone()
    {
        _service = null;
        Table = null;
        _stream++;
        Client.HandleDisconnected(Now);
    }

    public void RunFor(TimeSpan span)
    {
        var end = Now + span;
        Drive();
        while (MonoTime.Earliest(Client.NextTimeout, NextArrival) is { } next && next <= end)
        {
            Now = MonoTime.Latest(Now, next);
            Client.HandleTimeout(Now);
            while (_agenda.TryPeek(out var act, out var due) && due.Item1 <= Now)
            {
                _agenda.Dequeue();
                act();
            }

            Drive();
        }

        Now = end;
    }

    public IEnumerable<T> EventsOf<T>()
        where T : RegistrationEvent => Events.Select(e => e.Event).OfType<T>();

    private MonoTime? NextArrival => _agenda.TryPeek(out _, out var due) ? due.Item1 : null;

    private void Later(Action act) => _agenda.Enqueue(act, (Now + Delay, _order++));

    private void Drive()
    {
        if (Client.PollDisconnect())
        {
            _stream++;
        }

        if (Client.PollConnect())
        {
            Connects.Add(Now);
            Later(Connect);
        }

        while (Client.PollRequest(out var request))
        {
            var stream = _stream;
            Later(() => Serve(stream, request!));
        }

        while (Client.PollEvent(out var happened))
        {
            Events.Add((Now, happened!));
        }
    }

    private void Connect()
    {
        if (_service is null)
        {
            Client.HandleConnectFailed(Now);
        }
        else
        {
            _stream++;
            Client.HandleConnected(Now);
        }
    }

    private void Serve(int stream, DirectoryRequest request)
    {
        if (_service is null || stream != _stream)
        {
            return;
        }

        Asked.Add((Now, request));
        if (!Mute)
        {
            var reply = _service.Answer(request, SomeNodes.Peer(_node), Now, SomeNodes.Issued);
            Later(() =>
            {
                if (stream == _stream)
                {
                    Client.HandleReply(reply, Now);
                }
            });
        }
    }
}
