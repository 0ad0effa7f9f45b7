namespace MeshActors.Transport.Paths;

/// <summary>How a path reaches the peer; the lower is the better one whatever its round trip.</summary>
internal enum PathKind : byte
{
    /// <summary>Straight to an endpoint of the peer or of the NAT in front of it.</summary>
    Direct,

    /// <summary>Straight to a relay, over a connection: TCP holds back what comes behind a loss.</summary>
    Connected,

    /// <summary>Over a relay.</summary>
    Relayed,
}
