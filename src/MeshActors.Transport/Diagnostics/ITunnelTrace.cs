namespace MeshActors.Transport.Diagnostics;

/// <summary>What machines report instead of logging.</summary>
internal interface ITunnelTrace
{
    /// <summary>An inbound datagram or packet was discarded.</summary>
    void Dropped(DropReason reason);
}
