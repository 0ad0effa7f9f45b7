using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MeshActors.LinkLab.Flows;
using MeshActors.LinkLab.Runs;
using MeshActors.Transport.Congestion;

namespace MeshActors.LinkLab;

/// <summary>What to measure, as the command line says it.</summary>
/// <param name="Verb">One of <see cref="Verbs"/>.</param>
/// <param name="Cell">The link of <c>cell</c>; the rate of <c>fairness</c>.</param>
/// <param name="Flows">What runs, one after the other.</param>
/// <param name="Full">True for every cell of the matrix.</param>
/// <param name="Seconds">How long each is measured, where told.</param>
/// <param name="Control">Our congestion control; null takes the default.</param>
internal sealed record LabArguments(
    string Verb, Cell Cell, IReadOnlyList<FlowKind> Flows, bool Full, double? Seconds, CongestionControl? Control)
{
    public const string Usage =
        """
        usage: link-lab.sh calibrate
               link-lab.sh matrix [--full] [--flows mesh,cubic,bbr]
               link-lab.sh loss [--flows mesh,cubic,bbr]
               link-lab.sh fairness [--rate MBIT] [--seconds N] [--flows mesh,cubic]
               link-lab.sh cell [--rate MBIT] [--rtt MS] [--loss PERCENT] [--buffer BDP] [--policer MBIT] [--mark]
                                [--mtu BYTES] [--seconds N] [--flows mesh,cubic,bbr]
        each: [--control NAME] chooses our congestion control
        """;

    private static readonly Cell Default = new(100, 30, 0, 1);

    public static IReadOnlyList<string> Verbs { get; } = ["calibrate", "matrix", "loss", "fairness", "cell"];

    /// <returns>Null when the command line is wrong; <paramref name="error"/> says why.</returns>
    public static LabArguments? Parse(IReadOnlyList<string> arguments, out string error)
    {
        error = $"measure what? {string.Join(", ", Verbs)}";
        if (arguments.Count == 0 || !Verbs.Contains(arguments[0]))
        {
            return null;
        }

        FlowKind[] flows = arguments[0] == "fairness"
            ? [FlowKind.Mesh, FlowKind.Cubic]
            : [FlowKind.Mesh, FlowKind.Cubic, FlowKind.Bbr];
        var parsed = new LabArguments(arguments[0], Default, flows, false, null, null);
        for (var at = 1; at < arguments.Count; at++)
        {
            var value = at + 1 < arguments.Count ? arguments[at + 1] : string.Empty;
            var next = arguments[at] switch
            {
                "--full" => parsed with { Full = true },
                "--mark" => parsed with { Cell = parsed.Cell with { Marks = true } },
                _ => parsed.With(arguments[at], value),
            };
            if (next is null)
            {
                error = $"not understood: {arguments[at]} {value}".TrimEnd();
                return null;
            }

            at += arguments[at] is "--full" or "--mark" ? 0 : 1;
            parsed = next;
        }

        error = string.Empty;
        return parsed;
    }

    private LabArguments? With(string option, string value)
    {
        if (option == "--flows")
        {
            var kinds = value.Split(',').Select(Kind).ToList();
            return kinds.Contains(null) ? null : this with { Flows = [.. kinds.Select(kind => kind!.Value)] };
        }

        if (option == "--control")
        {
            return Enum.TryParse<CongestionControl>(value, ignoreCase: true, out var control)
                ? this with { Control = control }
                : null;
        }

        if (!double.TryParse(value, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) || number < 0)
        {
            return null;
        }

        return option switch
        {
            "--rate" when number > 0 => this with { Cell = Cell with { RateMbit = number } },
            "--rtt" => this with { Cell = Cell with { RoundTripMs = number } },
            "--loss" when number < 100 => this with { Cell = Cell with { LossPercent = number } },
            "--buffer" => this with { Cell = Cell with { BufferBdp = number } },
            "--policer" when number > 0 => this with { Cell = Cell with { PolicerMbit = number } },
            "--mtu" when number is >= 576 and <= 1_500 => this with { Cell = Cell with { Mtu = (int)number } },
            "--seconds" when number > 0 => this with { Seconds = number },
            _ => null,
        };
    }

    private static FlowKind? Kind(string name) =>
        Enum.GetValues<FlowKind>().Where(kind => Results.Name(kind) == name).Select(kind => (FlowKind?)kind).FirstOrDefault();
}
