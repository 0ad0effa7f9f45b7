using System;
using System.Globalization;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Io;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>STUN with coturn on the other side: its server for our client, its clients for our server.</summary>
public sealed class CoturnTests
{
    private const string Package = "coturn";

    [ProgramFact("turnserver", Package)]
    public async Task Our_client_classifies_by_the_server_of_coturn_over_ipv4()
    {
        await using var coturn = await CoturnServer.StartAsync();

        var discovery = await DiscoverAsync(UdpEndpoint.From(IPAddress.Loopback, (ushort)coturn.Port));

        Assert.Equal(
            new NatBehaviour(
                EndpointDependence.EndpointIndependent,
                EndpointDependence.EndpointIndependent,
                new NatPorts(PortPattern.Preserving),
                NatFlags.NotTranslated | NatFlags.Hairpin),
            discovery.Behaviour);
        Assert.Equal(
            new IPEndPoint(IPAddress.Parse("127.0.0.2"), coturn.OtherPort), Assert.Single(discovery.Servers).Other?.ToIPEndPoint());
    }

    /// <summary>Loopback has one IPv6 address, so nothing can be said of mapping and filter.</summary>
    [ProgramFact("turnserver", Package)]
    public async Task Our_client_is_answered_by_the_server_of_coturn_over_ipv6()
    {
        await using var coturn = await CoturnServer.StartAsync();

        var discovery = await DiscoverAsync(UdpEndpoint.From(IPAddress.IPv6Loopback, (ushort)coturn.Port));

        var answer = Assert.Single(discovery.Servers);
        Assert.Equal(StunOutcome.Answered, answer.Outcome);
        Assert.Equal(IPAddress.IPv6Loopback, answer.Mapped.ToIPAddress());
        Assert.True(discovery.Behaviour.Flags.HasFlag(NatFlags.NotTranslated));
        Assert.Equal(PortPattern.Preserving, discovery.Behaviour.Ports.Pattern);
    }

    [ProgramFact("turnutils_stunclient", Package)]
    public async Task The_client_of_coturn_is_answered_by_our_server_over_both_families()
    {
        await using var server4 = new StunServerSockets(IPAddress.Loopback);
        await using var server6 = new StunServerSockets(IPAddress.IPv6Loopback);

        Assert.Contains("UDP reflexive addr: 127.0.0.1:", await AskAsync("turnutils_stunclient", server4), StringComparison.Ordinal);
        Assert.Contains("UDP reflexive addr: ::1:", await AskAsync("turnutils_stunclient", server6), StringComparison.Ordinal);
    }

    [ProgramFact("turnutils_natdiscovery", Package)]
    public async Task The_classification_of_coturn_works_by_our_server()
    {
        await using var server = new StunServerSockets(IPAddress.Loopback, IPAddress.Parse("127.0.0.2"));

        var mapping = await AskAsync("turnutils_natdiscovery", server, "-m", "-f");
        var hairpin = await AskAsync("turnutils_natdiscovery", server, "-H");
        var lifetime = await AskAsync("turnutils_natdiscovery", server, "-t", "-T", "1");

        Assert.Contains("NAT with Endpoint Independent Mapping!", mapping, StringComparison.Ordinal);
        Assert.Contains("NAT with Endpoint Independent Filtering!", mapping, StringComparison.Ordinal);
        Assert.Contains("Other addr: : 127.0.0.2:", mapping, StringComparison.Ordinal);
        Assert.Contains("maybe a successful hairpinning", hairpin, StringComparison.Ordinal);
        Assert.DoesNotContain("timeout", mapping + hairpin + lifetime, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("RFC 5780 response 2", lifetime, StringComparison.Ordinal);
    }

    private static async Task<BehaviourDiscovery> DiscoverAsync(UdpEndpoint server)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await BehaviourProbe.RunAsync([server], Clock.System, SystemRandomSource.Instance, deadline.Token);
    }

    private static Task<string> AskAsync(string program, StunServerSockets server, params string[] options) => ToolRun.OutputOfAsync(
        program,
        [.. options, "-p", server.Endpoint.Port.ToString(CultureInfo.InvariantCulture), server.Endpoint.ToIPAddress().ToString()]);
}
