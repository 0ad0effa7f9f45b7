using System;
using System.Collections.Generic;

namespace MeshActors.Host.Demo.Agents;

/// <summary>Follows relative links between texts of the corpus; touches no file.</summary>
internal static class CorpusPath
{
    /// <summary>Where a link leads: a path below the input directory, with its anchor if it has one.</summary>
    /// <param name="file">Path of the text the link stands in.</param>
    /// <param name="target">The link: relative, from the root with a leading <c>/</c>, or an anchor alone.</param>
    /// <returns>Null when it leads out of the input directory.</returns>
    public static string? Resolve(string file, string target)
    {
        var parts = target.Split('#', 2);
        var path = Uri.UnescapeDataString(parts[0].Split('?', 2)[0]);
        var anchor = parts.Length == 2 && parts[1].Length > 0 ? "#" + Uri.UnescapeDataString(parts[1]) : string.Empty;
        if (path.Length == 0)
        {
            return file + anchor;
        }

        var names = new List<string>();
        if (!path.StartsWith('/'))
        {
            names.AddRange(file.Split('/')[..^1]);
        }

        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == "..")
            {
                if (names.Count == 0)
                {
                    return null;
                }

                names.RemoveAt(names.Count - 1);
            }
            else if (name != ".")
            {
                names.Add(name);
            }
        }

        return string.Join('/', names) + anchor;
    }

    /// <summary>A name in a directory; the root is empty.</summary>
    public static string Below(string directory, string name) => directory.Length == 0 ? name : directory + "/" + name;
}
