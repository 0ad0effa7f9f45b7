using System.Globalization;

namespace MeshActors.Simulator;

/// <summary>What to play: <c>WORLD [--seeds N] [--seed S] [--pair A,B] [--twice] [--trace] [--diagram FILE]</c>.</summary>
/// <param name="World">Which world.</param>
/// <param name="FirstSeed">The first seed, 0 unless told.</param>
/// <param name="Seeds">How many seeds from there on: 500 unless told, 1 with <c>--seed</c> alone.</param>
/// <param name="Pair">The two kinds of NAT to play; null for all in turn.</param>
/// <param name="Trace">True to print what happened, line by line.</param>
/// <param name="Twice">True to play every seed twice.</param>
/// <param name="Matrix">True to play every pair of NATs with the same seeds.</param>
/// <param name="Diagram">The file for the sequence diagram of a seed; null draws seeds that fail into files of their own.</param>
internal sealed record SimulatorArguments(
    string World, ulong FirstSeed, int Seeds, (string A, string B)? Pair, bool Trace, bool Twice, bool Matrix, string? Diagram)
{
    private const int DefaultSeeds = 500;

    public const string Usage = "usage: simulate.sh pair|nat|mesh|switch [--seeds N] [--seed S] [--twice] [--trace] [--diagram FILE] | simulate.sh nat [--matrix] [--pair KIND,KIND] [--seeds N] | simulate.sh congestion [...]";

    /// <returns>Null when the command line is wrong; <paramref name="error"/> says why.</returns>
    public static SimulatorArguments? Parse(string[] arguments, out string error)
    {
        error = "which world?";
        if (arguments.Length == 0 || arguments[0].StartsWith('-'))
        {
            return null;
        }

        ulong? seed = null;
        int? seeds = null;
        (string A, string B)? pair = null;
        var trace = false;
        var twice = false;
        var matrix = false;
        string? diagram = null;
        for (var i = 1; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : string.Empty;
            switch (arguments[i])
            {
                case "--trace":
                    trace = true;
                    break;
                case "--matrix":
                    matrix = true;
                    break;
                case "--diagram" when value.Length > 0:
                    diagram = value;
                    i++;
                    break;
                case "--twice":
                    twice = true;
                    break;
                case "--seed" when TryParse(value, ulong.MaxValue, out var number):
                    seed = number;
                    i++;
                    break;
                case "--seeds" when TryParse(value, int.MaxValue, out var number) && number > 0:
                    seeds = (int)number;
                    i++;
                    break;
                case "--pair" when value.Split(',') is [var a, var b]:
                    pair = (a, b);
                    i++;
                    break;
                default:
                    error = $"not understood: {arguments[i]} {value}".TrimEnd();
                    return null;
            }
        }

        error = string.Empty;
        return new SimulatorArguments(
            arguments[0], seed ?? 0, seeds ?? (seed is not null ? 1 : matrix ? NatMatrix.DefaultSeeds : DefaultSeeds), pair, trace, twice, matrix, diagram);
    }

    private static bool TryParse(string text, ulong most, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most;
}
