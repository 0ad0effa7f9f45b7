using System;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Identity;

/// <summary>Another node as one can dial it.</summary>
/// <param name="Certificate">Who it is; checked again in the handshake.</param>
/// <param name="Endpoints">Where it may be reached, best first.</param>
internal sealed record PeerRecord(NodeCertificate Certificate, ImmutableArray<UdpEndpoint> Endpoints)
{
    /// <summary>Endpoints of one peer that are kept.</summary>
    public const int MaxEndpoints = 8;

    /// <summary>Relays where it has leases, home relay first.</summary>
    public ImmutableArray<MeshAddress> Relays { get; init; } = [];

    public MeshAddress Address => Certificate.Address;

    public RootKey Root => Certificate.Root;

    /// <summary>What two records of one root say together: the newer certificate, and the endpoints of both, those of <paramref name="newer"/> first.</summary>
    public PeerRecord With(PeerRecord newer)
    {
        var certificate = newer.Certificate.KeyVersion >= Certificate.KeyVersion ? newer.Certificate : Certificate;
        var relays = newer.Relays.IsEmpty ? Relays : newer.Relays;
        if (newer.Endpoints.Length > 0 && Endpoints.AsSpan().StartsWith(newer.Endpoints.AsSpan()))
        {
            return this with { Certificate = certificate, Relays = relays };
        }

        return new PeerRecord(certificate, [.. newer.Endpoints.Union(Endpoints).Take(MaxEndpoints)]) { Relays = relays };
    }
}
