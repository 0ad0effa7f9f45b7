using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Nat;

/// <summary>The sockets of a simulated node: its first one at a port that all know, and side sockets at any port.</summary>
internal sealed class NatSockets
{
    private readonly SimHost _host;
    private readonly ushort _port;
    private readonly Dictionary<int, ushort> _portBySide = [];
    private readonly Dictionary<ushort, int> _sideByPort = [];

    /// <param name="host">Whose they are.</param>
    /// <param name="port">That of the first one, which is opened.</param>
    public NatSockets(SimHost host, ushort port)
    {
        _host = host;
        _port = port;
        host.Open(port);
    }

    /// <summary>To which socket a datagram came.</summary>
    /// <returns>False when to the first one.</returns>
    public bool IsAside(in SimDatagram datagram, out int side) =>
        _sideByPort.TryGetValue(datagram.At.Port, out side);

    /// <summary>Does what a node wants of its side sockets.</summary>
    public void Carry(NodeSwitch node, MonoTime now)
    {
        while (node.PollSocketOrder(out var order))
        {
            if (order.Open)
            {
                var port = _host.OpenAny();
                _portBySide.Add(order.Number, port);
                _sideByPort.Add(port, order.Number);
                node.HandleSocketOpened(order.Number, new UdpEndpoint(UdpEndpoint.MappedPrefix, port), now);
            }
            else
            {
                Close(order.Number);
            }
        }
    }

    /// <summary>Sends a datagram as it is to be sent.</summary>
    public void Send(SimInternet internet, in Transmit transmit, byte[] datagram, MonoTime now)
    {
        var hops = transmit.Ttl == 0 ? SimInternet.DefaultHops : transmit.Ttl;
        if (!SocketEndpoint.TryRead(transmit.To, out var side, out var to))
        {
            internet.Send(_host, _port, transmit.To, datagram, now, hops);
        }
        else if (_portBySide.TryGetValue(side, out var port))
        {
            internet.Send(_host, port, to, datagram, now, hops);
        }
    }

    /// <summary>Closes all but the first one, as when a process ends.</summary>
    public void CloseSides()
    {
        foreach (var side in new List<int>(_portBySide.Keys))
        {
            Close(side);
        }
    }

    private void Close(int side)
    {
        if (_portBySide.Remove(side, out var port))
        {
            _sideByPort.Remove(port);
            _host.Close(port);
        }
    }
}
