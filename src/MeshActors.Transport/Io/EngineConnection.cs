using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Transport.Io;

/// <summary>A connection as the driver loop has it: by its number, with what it has told the machines so far.</summary>
internal sealed class EngineConnection
{
    /// <param name="number">As the machines name it.</param>
    /// <param name="source">The network it came from; 0 where this node opens it.</param>
    /// <param name="settings">Bounds.</param>
    /// <param name="counters">Counts what passes.</param>
    /// <param name="inbox">The way into the driver loop.</param>
    /// <param name="look">Looks at a connection, on the driver loop.</param>
    public EngineConnection(
        uint number,
        ulong source,
        ConnectionSettings settings,
        ConnectionCounters counters,
        EngineInbox inbox,
        Action<EngineConnection, NodeSwitch, MonoTime> look)
    {
        Number = number;
        Source = source;
        Action<NodeSwitch, MonoTime> onLoop = (node, now) => look(this, node, now);
        Wire = new DatagramConnection(settings, counters, () => inbox.Add(new EngineCommand(EngineCommandKind.Do, onLoop)));
    }

    public uint Number { get; }

    /// <summary>As <see cref="ConnectionEndpoint.SourceOf"/> has it.</summary>
    public ulong Source { get; }

    public DatagramConnection Wire { get; }

    /// <summary>The machines know that it is open.</summary>
    public bool IsTold { get; set; }

    /// <summary>The machines have nothing to do with it any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>Datagrams were put in during this turn.</summary>
    public bool IsDirty { get; set; }
}
