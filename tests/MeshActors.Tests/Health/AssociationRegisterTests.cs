using System;
using System.Linq;
using Akka.Actor;
using MeshActors.Health;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Tests.Health;

public sealed class AssociationRegisterTests
{
    private static readonly TimeSpan Gate = TimeSpan.FromSeconds(5);
    private static readonly MonoTime Start = new(TimeSpan.TicksPerHour);

    private readonly AssociationRegister _register = new(Gate);

    [Fact]
    public void A_lost_association_is_gated_as_long_as_Akka_keeps_its_gate_closed()
    {
        _register.HandleLost(Peer(1), Start);

        Assert.Equal([Peer(1)], _register.Gated(Start));
        Assert.Equal([Peer(1)], _register.Gated(Start + Gate - TimeSpan.FromTicks(1)));
        Assert.Empty(_register.Gated(Start + Gate));
    }

    [Fact]
    public void An_association_that_is_there_again_is_not_gated()
    {
        _register.HandleLost(Peer(1), Start);
        _register.HandleLost(Peer(2), Start);

        _register.HandleUp(Peer(1));

        Assert.Equal([Peer(2)], _register.Gated(Start));
    }

    [Fact]
    public void A_quarantined_address_stays_so_until_another_system_associates_from_it()
    {
        _register.HandleQuarantined(Peer(1), Start);
        Assert.Equal([Peer(1)], _register.Quarantined);

        _register.HandleUp(Peer(1));

        Assert.Empty(_register.Quarantined);
    }

    [Fact]
    public void At_the_bound_the_one_that_failed_longest_ago_is_forgotten()
    {
        for (var index = 0; index <= AssociationRegister.Most; index++)
        {
            _register.HandleLost(Peer(index), Start + TimeSpan.FromTicks(index));
            _register.HandleQuarantined(Peer(index), Start + TimeSpan.FromTicks(index));
        }

        var now = Start + TimeSpan.FromSeconds(1);
        Assert.Equal(AssociationRegister.Most, _register.Gated(now).Count);
        Assert.Equal(AssociationRegister.Most, _register.Quarantined.Count);
        Assert.DoesNotContain(Peer(0), _register.Gated(now).Concat(_register.Quarantined));
    }

    private static Address Peer(int port) => new("akka.mesh", "fleet", "10.0.0.1", port);
}
