using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Net;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Remoting;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks;

/// <summary>What to measure, and how long.</summary>
internal sealed record BenchArguments
{
    public const string Usage = """
        usage: bench.sh tunnel [--seconds S] [--alternations N] [--only NAME,...] [--tunnels N] [--veth] [--short]
               bench.sh idle [--tunnels N] [--seconds S] [--short]
               bench.sh flood [--seconds S] [--alternations N] [--short]
               bench.sh relay [--seconds S] [--alternations N] [--short]
               bench.sh akka [--seconds S] [--alternations N] [--only NAME,...] [--short]
               bench.sh messages [--seconds S] [--alternations N] [--short]
        """;

    public const string TunnelBench = "tunnel";
    public const string IdleBench = "idle";
    public const string FloodBench = "flood";
    public const string RelayBench = "relay";
    public const string AkkaBench = "akka";
    public const string MessagesBench = "messages";

    private static readonly ImmutableArray<string> RemotingLoads =
        [RemotingLine.PingPong, RemotingLine.Ask, RemotingLine.Bulk, RemotingLine.Heartbeats, RemotingLine.AsksBesideBulk];

    private static readonly ImmutableArray<string> Benches = [TunnelBench, IdleBench, FloodBench, RelayBench, AkkaBench, MessagesBench];

    private const int DefaultIdleTunnels = 10_000;
    private const int IdleTunnelsBesideOthers = 1_000;
    private const int ShortIdleTunnels = 20;

    public required string Bench { get; init; }

    /// <summary>How long each load is measured in a turn; 0.05 to 600.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>Turns; 1 to 1,000.</summary>
    public int Alternations { get; init; } = 5;

    /// <summary>For tests of this program: as little of everything as there can be.</summary>
    public bool IsShort { get; init; }

    /// <summary>Names of loads; empty is all.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    /// <summary>Idle tunnels; 1 to 16,000.</summary>
    public int Tunnels { get; init; } = IdleTunnelsBesideOthers;

    public string Commit { get; init; } = string.Empty;

    /// <summary>Where the side that sends runs.</summary>
    public ChildPlace Source { get; init; } = ChildPlace.Loopback;

    /// <summary>Where the side that takes runs.</summary>
    public ChildPlace Sink { get; init; } = ChildPlace.Loopback;

    /// <summary>What lies between the two, for the environment line.</summary>
    public string Network => Source.NetworkNamespace.Length == 0 ? "loopback" : "veth, MTU 1500";

    public bool Includes(string name) => Only.IsEmpty || Only.Contains(name);

    /// <returns>Null when the command line is wrong; <paramref name="error"/> says why.</returns>
    public static BenchArguments? Parse(string[] arguments, out string error)
    {
        if (arguments.Length == 0 || !Benches.Contains(arguments[0]))
        {
            error = arguments.Length == 0 ? "which bench?" : $"no such bench: {arguments[0]}";
            return null;
        }

        var parsed = new BenchArguments { Bench = arguments[0] };
        parsed = parsed.Bench switch
        {
            IdleBench => parsed with { Tunnels = DefaultIdleTunnels, Seconds = 30 },
            FloodBench => parsed with { Seconds = 5 },
            _ => parsed,
        };

        for (var i = 1; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : string.Empty;
            if (arguments[i] == "--short")
            {
                parsed = parsed with { IsShort = true, Seconds = 0.1, Alternations = 1, Tunnels = ShortIdleTunnels };
                continue;
            }

            if (Take(parsed, arguments[i], value) is not { } taken)
            {
                error = $"not understood: {arguments[i]} {value}".TrimEnd();
                return null;
            }

            parsed = taken;
            i++;
        }

        error = string.Empty;
        return parsed;
    }

    private static BenchArguments? Take(BenchArguments before, string name, string value)
    {
        switch (name)
        {
            case "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out var seconds)
                && seconds is >= 0.05 and <= 600:
                return before with { Seconds = seconds };
            case "--alternations" when int.TryParse(value, CultureInfo.InvariantCulture, out var turns)
                && turns is >= 1 and <= 1000:
                return before with { Alternations = turns };
            case "--only" when value.Length > 0
                && value.Split(',').All(name => (before.Bench == AkkaBench ? RemotingLoads : TunnelLoads.Names).Contains(name)):
                return before with { Only = [.. value.Split(',')] };
            case "--tunnels" when int.TryParse(value, CultureInfo.InvariantCulture, out var tunnels)
                && tunnels is >= 1 and <= 16_000:
                return before with { Tunnels = tunnels };
            case "--commit":
                return before with { Commit = value };
            case "--source" when ParsePlace(value) is { } place:
                return before with { Source = place };
            case "--sink" when ParsePlace(value) is { } place:
                return before with { Sink = place };
            default:
                return null;
        }
    }

    /// <summary>Reads <c>NAMESPACE@ADDRESS</c>, as the script hands it over.</summary>
    private static ChildPlace? ParsePlace(string text) =>
        text.Split('@') is [var name, var address] && IPAddress.TryParse(address, out var parsed)
            ? new ChildPlace(name, parsed)
            : null;
}
