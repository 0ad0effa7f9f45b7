namespace MeshActors.Transport.Tunnels;

/// <summary>Bytes of datagrams both ways, UDP payload, by the kind of way.</summary>
internal readonly record struct TrafficBytes(long Direct, long Punched, long Relayed)
{
    /// <summary>The relayed share, 0 to 1; 0 when nothing went.</summary>
    public double RelayedShare => Direct + Punched + Relayed is > 0 and var all ? (double)Relayed / all : 0;

    public static TrafficBytes operator +(TrafficBytes a, TrafficBytes b) =>
        new(a.Direct + b.Direct, a.Punched + b.Punched, a.Relayed + b.Relayed);
}
