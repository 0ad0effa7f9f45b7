using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>Some nodes and the datagrams between them in virtual time; every way takes 5 ms, unless it is made longer.</summary>
internal sealed class TableWorld(params TableNode[] nodes)
{
    private readonly Queue<(MonoTime At, UdpEndpoint From, UdpEndpoint To, byte[] Datagram)> _onTheWay = new();

    public MonoTime Now { get; private set; }

    public DateTimeOffset UtcNow => TableNode.WallStart + (Now - default(MonoTime));

    /// <summary>How long what is sent from now on is on the way; never shorter than before.</summary>
    public TimeSpan Way { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>What is lost on the way; nothing when not set.</summary>
    public Func<UdpEndpoint, byte[], bool> IsLost { get; set; } = (_, _) => false;

    /// <summary>Told of everything that a node sends.</summary>
    public Action<UdpEndpoint, byte[]> Sent { get; set; } = (_, _) => { };

    /// <summary>Told of everything that arrives, from where and to where, before it does.</summary>
    public Action<UdpEndpoint, UdpEndpoint, byte[]> Arrives { get; set; } = (_, _, _) => { };

    /// <summary>Lets time pass at once, in which nothing happens but what is due at its end.</summary>
    public void Skip(TimeSpan span)
    {
        Run(TimeSpan.FromMilliseconds(1));
        Now += span;
        Run(TimeSpan.FromMilliseconds(1));
    }

    /// <summary>Lets time pass, in steps of a millisecond.</summary>
    public void Run(TimeSpan span)
    {
        for (var end = Now + span; Now < end; Now += TimeSpan.FromMilliseconds(1))
        {
            while (_onTheWay.TryPeek(out var next) && next.At <= Now)
            {
                _onTheWay.Dequeue();
                Arrives(next.From, next.To, next.Datagram);
                if (nodes.SingleOrDefault(node => node.Endpoint == next.To) is { } receiver)
                {
                    receiver.Table.HandleDatagram(next.From, next.Datagram, EcnMark.NotCapable, Now, UtcNow + receiver.Skew);
                }
            }

            foreach (var node in nodes)
            {
                node.Turn(Now, (to, datagram) =>
                {
                    Sent(to, datagram);
                    if (!IsLost(to, datagram))
                    {
                        _onTheWay.Enqueue((Now + Way, node.Endpoint, to, datagram));
                    }
                });
            }
        }
    }
}
