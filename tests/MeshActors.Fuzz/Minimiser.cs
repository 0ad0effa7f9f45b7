using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MeshActors.Fuzz;

/// <summary>Chooses few small inputs that together reach what all reach.</summary>
internal static class Minimiser
{
    /// <param name="target">Whose inputs.</param>
    /// <param name="most">Inputs to keep at most; those that add the most stay.</param>
    /// <param name="into">Folder to write them to.</param>
    /// <param name="paths">Files and folders to choose from.</param>
    public static int Run(FuzzTarget target, int most, string into, IEnumerable<string> paths)
    {
        var inputs = Corpus.Files(paths).Select(File.ReadAllBytes).OrderBy(input => input.Length).ToList();

        // Static state and caches are filled first, so that they count for no input.
        inputs.ForEach(input => CoverageMap.Reached(target, input));
        var reached = inputs.ConvertAll(input => CoverageMap.Reached(target, input));
        var covered = new HashSet<int>();
        var kept = new List<byte[]>();
        while (kept.Count < most && inputs.Count > 0)
        {
            var best = Enumerable.Range(0, inputs.Count).MaxBy(i => reached[i].Count(place => !covered.Contains(place)));
            var added = reached[best].Where(place => !covered.Contains(place)).ToList();
            if (added.Count == 0)
            {
                break;
            }

            kept.Add(Shrink(target, inputs[best], added));
            covered.UnionWith(added);
        }

        Corpus.Write(into, kept);
        var all = reached.SelectMany(places => places).Distinct().Count();
        Console.WriteLine(
            $$"""{"target":"{{target.Name}}","inputs":{{inputs.Count}},"kept":{{kept.Count}},"reached":{{all}},"reachedByKept":{{covered.Count}}}""");
        return 0;
    }

    /// <summary>Leaves out halves, quarters and so on of an input as long as it still reaches what it is kept for.</summary>
    private static byte[] Shrink(FuzzTarget target, byte[] input, List<int> wanted)
    {
        for (var piece = input.Length / 2; piece > 0; piece /= 2)
        {
            for (var at = 0; at + piece <= input.Length;)
            {
                byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(at + piece)];
                if (CoverageMap.Reached(target, shorter).IsSupersetOf(wanted))
                {
                    input = shorter;
                }
                else
                {
                    at += piece;
                }
            }
        }

        return input;
    }
}
