namespace MeshActors.TestKit.Nat;

/// <summary>What happens at one end of a connection.</summary>
/// <param name="Connection">Which.</param>
/// <param name="AtClient">At which end.</param>
/// <param name="Kind">What.</param>
/// <param name="Bytes">A datagram, empty unless one came.</param>
internal readonly record struct SimConnectionEvent(SimConnection Connection, bool AtClient, SimConnectionEventKind Kind, byte[] Bytes);

/// <summary>Kinds of <see cref="SimConnectionEvent"/>.</summary>
internal enum SimConnectionEventKind
{
    /// <summary>It can be used from here on.</summary>
    Opened,

    /// <summary>A datagram came.</summary>
    Datagram,

    /// <summary>It has ended, or could not be opened.</summary>
    Closed,
}
