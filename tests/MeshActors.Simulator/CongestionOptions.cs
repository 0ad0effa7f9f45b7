using System;
using System.Globalization;
using System.Linq;
using MeshActors.Transport.Congestion;

namespace MeshActors.Simulator;

/// <summary>Which cells of the matrix are played.</summary>
/// <param name="Control">One controller, null for each.</param>
/// <param name="Mbits">Rates of the bottleneck, in Mbit/s.</param>
/// <param name="RoundTripMs">Round trips without a queue, in milliseconds.</param>
/// <param name="LossPercent">Random loss, of a hundred packets.</param>
/// <param name="Buffers">Buffers in bandwidth-delay products; 0 is a policer.</param>
/// <param name="CellsOnly">True to leave transfers, shares and bars out.</param>
internal sealed record CongestionOptions(
    CongestionControl? Control, double[] Mbits, double[] RoundTripMs, double[] LossPercent, double[] Buffers, bool CellsOnly)
{
    private static readonly CongestionOptions Whole = new(
        null, [1, 10, 100, 1_000, 10_000], [1, 10, 30, 100, 300], [0, 0.1, 1, 2, 5], [0, 0.5, 1, 4], false);

    /// <returns>Null when the command line is wrong; <paramref name="error"/> says why.</returns>
    public static CongestionOptions? Parse(string[] arguments, out string error)
    {
        var options = Whole;
        error = string.Empty;
        for (var i = 0; i < arguments.Length; i++)
        {
            var name = arguments[i];
            if (name == "--cells-only")
            {
                options = options with { CellsOnly = true };
                continue;
            }

            var value = i + 1 < arguments.Length ? arguments[++i] : string.Empty;
            if (name == "--controller" && Enum.TryParse<CongestionControl>(value, ignoreCase: true, out var control))
            {
                options = options with { Control = control };
                continue;
            }

            var changed = TryParse(value, out var list) ? With(options, name, list) : null;
            if (changed is null)
            {
                error = $"not understood: {name} {value}";
                return null;
            }

            options = changed;
        }

        return options;
    }

    private static CongestionOptions? With(CongestionOptions options, string name, double[] list) => name switch
    {
        "--mbits" => options with { Mbits = list },
        "--rtt" => options with { RoundTripMs = list },
        "--loss" => options with { LossPercent = list },
        "--buffer" => options with { Buffers = list },
        _ => null,
    };

    private static bool TryParse(string text, out double[] list)
    {
        var isRight = true;
        list = text.Split(',').Select(part =>
        {
            isRight &= double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
            return number;
        }).ToArray();
        return isRight;
    }
}
