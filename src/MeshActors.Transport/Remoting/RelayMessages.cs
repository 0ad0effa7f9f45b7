using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Remoting;

/// <summary>The engine runs: these relays are to be used.</summary>
internal sealed record UseRelays(ImmutableArray<RelaySetting> Relays);

/// <summary>A relay was asked who it is.</summary>
/// <param name="Attempt">Number of the question.</param>
/// <param name="Open">Answers to wait for; 0 when nobody could be asked.</param>
/// <param name="Why">Why nobody could.</param>
internal sealed record RelayAsked(int Attempt, int Open, string Why);

/// <summary>A relay answered.</summary>
internal sealed record RelayAnswered(int Attempt, PeerRecord Relay);

/// <summary>One that was asked gave no acceptable answer.</summary>
internal sealed record RelayUnanswered(int Attempt, string Why);

/// <summary>The engine tells how it stands with a relay.</summary>
internal sealed record RelayChanged(RelayChange Change);

/// <summary>A relay's actor tells how its relay is doing.</summary>
/// <param name="Name">Of the actor: the relay's first endpoint.</param>
/// <param name="Phase">How it is doing.</param>
/// <param name="Relay">Who is there; null while nobody answered.</param>
/// <param name="Refusal">Why it gives no lease, when it said so.</param>
/// <param name="Silence">Why nobody answered when it was last asked; else empty.</param>
internal sealed record RelayReport(string Name, RelayPhase Phase, MeshAddress? Relay, RelayRefusal Refusal, string Silence);

/// <summary>Asks for the last report of each relay; answered by <see cref="RelaysDescribed"/>.</summary>
internal sealed record DescribeRelays
{
    public static readonly DescribeRelays Instance = new();

    private DescribeRelays()
    {
    }
}

/// <summary>The last report of each relay, in the order of the configuration.</summary>
internal sealed record RelaysDescribed(ImmutableArray<RelayReport> Relays);

/// <summary>Asks for word when there is a lease at any relay; answered by <see cref="RelayReady"/>, at once or when there is one.</summary>
internal sealed record AwaitRelay
{
    public static readonly AwaitRelay Instance = new();

    private AwaitRelay()
    {
    }
}

/// <summary>There is a lease at a relay.</summary>
internal sealed record RelayReady
{
    public static readonly RelayReady Instance = new();

    private RelayReady()
    {
    }
}

/// <summary>A way to peers was found that was not there before: tunnels that wait for their next attempt need not wait.</summary>
internal sealed record WayFound
{
    public static readonly WayFound Instance = new();

    private WayFound()
    {
    }
}

/// <summary>Whether the tunnel to a node carries a lease: such a tunnel is in use although it has no streams.</summary>
internal sealed record HoldTunnel(MeshAddress Relay, bool IsHeld);
