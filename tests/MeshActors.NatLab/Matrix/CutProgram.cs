using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace MeshActors.NatLab.Matrix;

/// <summary>Real nodes that talk while their path, their relay or their address goes away.</summary>
internal static class CutProgram
{
    /// <summary>Plays each harm so many times.</summary>
    /// <returns>False when something was not as it should be.</returns>
    public static async Task<bool> RunAsync(string name, LabArguments arguments)
    {
        var lines = new List<CutLine>();
        foreach (var harm in arguments.Harms)
        {
            for (var run = 0; run < arguments.Runs; run++)
            {
                // Relays are killed in some: each has its own.
                await using var fleet = await LabFleet.StartAsync(name);
                var line = await new CutRun(fleet, harm).RunAsync(run);
                lines.Add(line);
                Program.Print(line);
            }
        }

        var mismatches = lines.Count(line => line.Mismatch is not null);
        Program.Print(new
        {
            kind = "summary",
            bench = "nat-cuts",
            pass = mismatches == 0,
            runs = lines.Count,
            worstGapMs = lines.Where(line => line.Harm != nameof(Harm.EverythingDies)).Max(line => line.WorstGapMs),
            mismatches,
        });
        return mismatches == 0;
    }
}
