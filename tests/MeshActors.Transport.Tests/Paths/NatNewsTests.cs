using System.Collections.Generic;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Paths;

public sealed class NatNewsTests
{
    private static readonly UdpEndpoint Mapped = Endpoint("192.0.2.1:7400");
    private static readonly UdpEndpoint Seen = Endpoint("192.0.2.1:7401");
    private static readonly NatBehaviour Behaviour = new(
        EndpointDependence.EndpointIndependent, EndpointDependence.Unknown, new NatPorts(PortPattern.Preserving), default);

    private readonly NatNews _news = new();
    private ulong _sequence;

    [Fact]
    public void Each_change_is_told_once()
    {
        Assert.Equal([NatNewsKind.Seen], After(null, (CandidateKind.Reflexive, Seen)));
        Assert.Equal([NatNewsKind.Behaviour], After(Behaviour, (CandidateKind.Reflexive, Seen)));
        Assert.Equal([NatNewsKind.Mapped], After(Behaviour, (CandidateKind.Mapped, Mapped), (CandidateKind.Reflexive, Seen)));
        Assert.Equal([], After(Behaviour, (CandidateKind.Mapped, Mapped), (CandidateKind.Reflexive, Seen)));
        Assert.Equal([NatNewsKind.MappingLost], After(Behaviour, (CandidateKind.Reflexive, Seen)));
    }

    [Fact]
    public void What_changes_at_the_same_time_is_all_told() => Assert.Equal(
        [NatNewsKind.Behaviour, NatNewsKind.Mapped, NatNewsKind.Seen],
        After(Behaviour, (CandidateKind.Mapped, Mapped), (CandidateKind.Reflexive, Seen)));

    [Fact]
    public void A_network_that_behaves_as_before_is_not_told_of_again()
    {
        After(Behaviour);

        Assert.Equal([], After(null));
        Assert.Equal([], After(Behaviour));
        Assert.Equal([], After(Behaviour with { Flags = NatFlags.Hairpin }));
        Assert.Equal([NatNewsKind.Behaviour], After(Behaviour with { Flags = NatFlags.UdpBlocked }));
    }

    [Fact]
    public void Relays_and_own_addresses_are_no_news_of_nats() =>
        Assert.Equal([], After(null, (CandidateKind.Host, Mapped), (CandidateKind.Relay, Seen)));

    private NatNewsKind[] After(
        NatBehaviour? behaviour, params ImmutableArray<(CandidateKind Kind, UdpEndpoint Endpoint)> candidates)
    {
        _news.Handle(new LocalCandidates(++_sequence, candidates) { Behaviour = behaviour });
        var told = new List<NatNewsKind>();
        while (_news.Poll() is { } kind)
        {
            told.Add(kind);
        }

        return [.. told];
    }

    private static UdpEndpoint Endpoint(string text) => UdpEndpoint.TryParse(text, out var endpoint) ? endpoint : default;
}
