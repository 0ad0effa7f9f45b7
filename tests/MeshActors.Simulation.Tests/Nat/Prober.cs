using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;
using MeshActors.Transport.Addressing;

namespace MeshActors.Simulation.Tests.Nat;

/// <summary>One side of a <see cref="ProbePair"/>: its sockets, what it knows, and what it keeps sending.</summary>
internal sealed class Prober
{
    private const ushort FirstSocket = 5_000;

    private readonly NatSettings? _choosesPort;
    private ushort _nextSocket = FirstSocket;

    public Prober(SimHost host, NatAccess access)
    {
        Host = host;
        _choosesPort = access.Boxes.Select(box => box is Nat64Settings nat64 ? nat64.Nat : box as NatSettings)
            .LastOrDefault(nat => nat is not null && nat.Allocation.Choice != PortChoice.Preserving)
            ?? access.Boxes.OfType<NatSettings>().LastOrDefault();
        Socket = OpenSocket();
    }

    public SimHost Host { get; }

    /// <summary>What its datagrams carry, by which they are told from the other's.</summary>
    public byte[] Name => [(byte)Host.Number];

    /// <summary>The socket it sends from.</summary>
    public ushort Socket { get; set; }

    /// <summary>Where servers saw its first socket; default when no server heard it.</summary>
    public UdpEndpoint Reflexive { get; set; }

    /// <summary>Where servers saw the socket that was opened to learn about ports only, and its own port.</summary>
    public (UdpEndpoint Seen, ushort Port) Sample { get; set; }

    /// <summary>Where the other was heard, at which socket, in this order and each once.</summary>
    public List<(ushort Socket, UdpEndpoint From)> Heard { get; } = [];

    /// <summary>What it sends again and again in the end.</summary>
    public List<(ushort Socket, UdpEndpoint To)> Sends { get; } = [];

    public bool HeardLately { get; set; }

    public ushort OpenSocket()
    {
        Host.Open(_nextSocket);
        return _nextSocket++;
    }

    /// <summary>Where its next mapping will be, if ports go on as they were seen to.</summary>
    /// <param name="socket">The socket that it will be made for.</param>
    /// <param name="steps">How many mappings after the sample.</param>
    public UdpEndpoint Foretell(ushort socket, int steps)
    {
        if (Sample.Seen == default || Sample.Seen.Port == Sample.Port || _choosesPort is null)
        {
            return Sample.Seen with { Port = socket };
        }

        var ports = _choosesPort.Allocation;
        var next = ports.First + ((Sample.Seen.Port - ports.First + (steps * ports.Step)) % ports.Ports);
        return Sample.Seen with { Port = (ushort)next };
    }

    /// <summary>Every outside port that it can have.</summary>
    public IEnumerable<UdpEndpoint> AllPorts()
    {
        var ports = _choosesPort?.Allocation ?? new PortAllocation(PortChoice.Preserving) { First = FirstSocket, Last = FirstSocket };
        return Enumerable.Range(ports.First, Math.Min(ports.Ports, 64)).Select(port => Reflexive with { Port = (ushort)port });
    }
}
