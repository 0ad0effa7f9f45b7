using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MeshActors.NatLab.Matrix;
using MeshActors.TestKit.Nat;

namespace MeshActors.NatLab;

/// <summary>What the laboratory is to do.</summary>
/// <param name="Verb">One of <see cref="Verbs"/>.</param>
/// <param name="Kinds">Kinds of NATs; all of the matrix unless told.</param>
/// <param name="Pairs">Pairs for <c>matrix</c>; all of the kinds with each other unless told.</param>
/// <param name="Harms">For <c>cuts</c>; all unless told.</param>
/// <param name="Runs">How often what rests on chance is tried.</param>
internal sealed record LabArguments(
    string Verb, IReadOnlyList<NatKind> Kinds, IReadOnlyList<(NatKind A, NatKind B)> Pairs, IReadOnlyList<Harm> Harms, int Runs)
{
    public const string Usage = "usage: nat-lab.sh kinds|pairs [NAME...] | matrix [NAME...] [--pair A:B]... [--runs N] | cuts [--harm NAME] [--runs N]";

    private const int MostRuns = 1_000;

    private static readonly string[] Verbs = ["kinds", "pairs", "matrix", "cuts"];

    /// <returns>Null when the command line is wrong; <paramref name="error"/> says why.</returns>
    public static LabArguments? Parse(string[] arguments, out string error)
    {
        error = "what is to be done?";
        if (arguments.Length == 0 || !Verbs.Contains(arguments[0]))
        {
            return null;
        }

        var kinds = new List<NatKind>();
        var pairs = new List<(NatKind A, NatKind B)>();
        var harms = new List<Harm>();
        var runs = 1;
        for (var i = 1; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : string.Empty;
            if (arguments[i] == "--runs" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out runs) && runs is > 0 and <= MostRuns)
            {
                i++;
            }
            else if (arguments[i] == "--harm" && Enum.TryParse<Harm>(value, ignoreCase: true, out var harm))
            {
                harms.Add(harm);
                i++;
            }
            else if (arguments[i] == "--pair" && value.Split(':') is [var a, var b] && Find(a) is { } kindA && Find(b) is { } kindB)
            {
                pairs.Add((kindA, kindB));
                i++;
            }
            else if (Find(arguments[i]) is { } kind)
            {
                kinds.Add(kind);
            }
            else
            {
                error = $"not understood: {arguments[i]} {value}".TrimEnd();
                return null;
            }
        }

        error = string.Empty;
        IReadOnlyList<NatKind> chosen = kinds.Count > 0 ? kinds : NatKinds.Matrix;
        return new LabArguments(
            arguments[0],
            chosen,
            pairs.Count > 0 ? pairs : [.. chosen.SelectMany(a => chosen.Select(b => (a, b)))],
            harms.Count > 0 ? harms : Enum.GetValues<Harm>(),
            runs);
    }

    private static NatKind? Find(string name) => NatKinds.Matrix.FirstOrDefault(kind => kind.Name == name);
}
