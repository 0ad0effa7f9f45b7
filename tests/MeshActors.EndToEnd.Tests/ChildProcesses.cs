using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Finds the children of a process in <c>/proc</c>.</summary>
internal static class ChildProcesses
{
    public static List<ChildProcess> Of(int parent)
    {
        var children = new List<ChildProcess>();
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Stat(id)?.Parent == parent)
            {
                children.Add(new ChildProcess(id));
            }
        }

        return children;
    }

    /// <summary>State and parent of a process, or null when it is gone (proc(5), <c>/proc/pid/stat</c>).</summary>
    public static (char State, int Parent)? Stat(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
