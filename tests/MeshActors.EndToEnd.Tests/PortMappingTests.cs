using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.PortMapping;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A port that Debian's miniupnpd maps for us: packets get in while it is mapped, and not before or after.</summary>
public sealed class PortMappingTests
{
    private const int PcpLength = 60;

    /// <summary>How long an answer within one machine is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    private MonoTime _now = new(0);
    private int _answeredLength;

    [MiniupnpdFact]
    public Task Pcp_maps_renews_and_gives_back() => MapRenewGiveBackAsync(dropsPcp: false);

    [MiniupnpdFact]
    public Task Nat_pmp_maps_renews_and_gives_back_where_pcp_is_not_answered() => MapRenewGiveBackAsync(dropsPcp: true);

    private async Task MapRenewGiveBackAsync(bool dropsPcp)
    {
        await using var gateway = await MiniupnpdGateway.StartAsync();
        using var inside = gateway.OpenInside();
        var local = UdpEndpoint.From((IPEndPoint)inside.LocalEndPoint!);
        var mapping = new GatewayMapping(UdpEndpoint.From(MiniupnpdGateway.Gateway, 1), local, SystemRandomSource.Instance, _now);
        Assert.False(GetsIn(gateway, new IPEndPoint(MiniupnpdGateway.Public, local.Port), inside));

        Drive(mapping, inside, dropsPcp, () => mapping.State != GatewayState.Asking);

        Assert.Equal(GatewayState.Mapped, mapping.State);
        Assert.Equal(dropsPcp, _answeredLength < PcpLength);
        var lease = mapping.Lease!.Value;
        Assert.Equal(MiniupnpdGateway.Public, lease.External.ToIPAddress());
        Assert.Equal(TimeSpan.FromSeconds(GatewayMapping.LifetimeSeconds), lease.ExpiresAt - _now);
        Assert.True(GetsIn(gateway, lease.External.ToIPEndPoint(), inside));
        Assert.Contains($"dnat ip to {MiniupnpdGateway.Inside}:{local.Port}", gateway.ListRules(), StringComparison.Ordinal);

        _now = mapping.NextTimeout!.Value;
        mapping.HandleTimeout(_now);
        Drive(mapping, inside, dropsPcp, () => mapping.Lease is { } renewed && renewed.ExpiresAt > lease.ExpiresAt);
        Assert.Equal(lease.External, mapping.Lease!.Value.External);
        Assert.True(GetsIn(gateway, lease.External.ToIPEndPoint(), inside));

        mapping.Release(_now);
        Drive(mapping, inside, dropsPcp, () => mapping.State == GatewayState.Released);
        Assert.DoesNotContain("dnat", gateway.ListRules(), StringComparison.Ordinal);
        Assert.False(GetsIn(gateway, lease.External.ToIPEndPoint(), inside));
    }

    /// <summary>Carries what the machine asks for until it is done; where no answer comes, its time goes on to what is due next.</summary>
    private void Drive(GatewayMapping mapping, Socket socket, bool dropsPcp, Func<bool> isDone)
    {
        var buffer = new byte[1_500];
        while (!isDone())
        {
            var isAsked = false;
            while (mapping.PollTransmit(buffer, out var to, _now) is > 0 and var length)
            {
                isAsked = !dropsPcp || length != PcpLength;
                if (isAsked)
                {
                    socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, to.ToIPEndPoint());
                }
            }

            if (isAsked && socket.Poll(Patience, SelectMode.SelectRead))
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = socket.ReceiveFrom(buffer, ref from);
                _answeredLength = length;
                mapping.HandleDatagram(UdpEndpoint.From((IPEndPoint)from), buffer.AsSpan(0, length), _now);
                continue;
            }

            _now = mapping.NextTimeout ?? throw new InvalidOperationException($"it ended as {mapping.State}");
            mapping.HandleTimeout(_now);
        }
    }

    /// <summary>From a fresh socket outside: what came from one before is remembered by the gateway, and treated alike.</summary>
    private static bool GetsIn(MiniupnpdGateway gateway, IPEndPoint to, Socket inside)
    {
        using var from = gateway.OpenOutside();
        var marker = Guid.CreateVersion7().ToString();
        from.SendTo(Encoding.ASCII.GetBytes(marker), to);
        var buffer = new byte[1_500];
        while (inside.Poll(Patience, SelectMode.SelectRead))
        {
            if (Encoding.ASCII.GetString(buffer, 0, inside.Receive(buffer)) == marker)
            {
                return true;
            }
        }

        return false;
    }
}
