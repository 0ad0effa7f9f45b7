using System;
using System.Collections.Generic;
using System.IO;
using MeshActors.RegionLab.Network;

namespace MeshActors.RegionLab;

/// <summary>What the laboratory is to do, after it has formed the cluster.</summary>
/// <param name="Cuts">Regions that are cut off, one after the other.</param>
/// <param name="Roams">Whether a node changes its address.</param>
/// <param name="IsNamedByMeshAddress">Whether nodes are named by mesh addresses, and not by host and port.</param>
/// <param name="Logs">Directory for the nodes' logs; empty for none.</param>
internal sealed record LabArguments(
    IReadOnlyList<LabRegion> Cuts, bool Roams, bool IsNamedByMeshAddress, string Logs)
{
    public const string Usage = "usage: region-lab.sh [form | cut [REGION...] | roam | all]   [--naming endpoint|mesh] [--logs DIRECTORY]";

    /// <returns>Null when the command line is wrong; <paramref name="error"/> says why.</returns>
    public static LabArguments? Parse(string[] arguments, out string error)
    {
        var hasVerb = arguments.Length > 0 && !arguments[0].StartsWith("--", StringComparison.Ordinal);
        var verb = hasVerb ? arguments[0] : "all";
        var cuts = new List<LabRegion>();
        var (isMesh, logs) = (false, string.Empty);
        error = $"not understood: {verb}";
        if (verb is not ("form" or "cut" or "roam" or "all"))
        {
            return null;
        }

        for (var i = hasVerb ? 1 : 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : string.Empty;
            switch (arguments[i])
            {
                case "--naming" when value is "endpoint" or "mesh":
                    isMesh = value == "mesh";
                    i++;
                    break;
                case "--logs" when value.Length > 0:
                    logs = Path.GetFullPath(value);
                    i++;
                    break;
                case var name when verb == "cut" && LabRegion.Find(name) is { } region && !cuts.Contains(region):
                    cuts.Add(region);
                    break;
                default:
                    error = $"not understood: {arguments[i]} {value}".TrimEnd();
                    return null;
            }
        }

        error = string.Empty;
        IReadOnlyList<LabRegion> chosen = verb switch
        {
            "all" => LabRegion.All,
            "cut" when cuts.Count == 0 => LabRegion.All,
            _ => cuts,
        };
        return new LabArguments(chosen, verb is "roam" or "all", isMesh, logs);
    }
}
