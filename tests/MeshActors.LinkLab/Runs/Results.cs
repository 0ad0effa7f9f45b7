using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using MeshActors.LinkLab.Flows;

namespace MeshActors.LinkLab.Runs;

/// <summary>Where figures go: JSON lines for programs, table rows for people.</summary>
internal sealed class Results
{
    private readonly TextWriter _lines;
    private readonly TextWriter _table;

    public Results(TextWriter lines, TextWriter table)
    {
        _lines = lines;
        _table = table;
    }

    public static string Name(FlowKind kind) => kind switch
    {
        FlowKind.Mesh => "mesh",
        FlowKind.Cubic => "cubic",
        _ => "bbr",
    };

    /// <summary>Writes one line.</summary>
    public void Write<T>(T line)
    {
        _lines.WriteLine(JsonSerializer.Serialize(line));
        _lines.Flush();
    }

    /// <summary>Writes the head of a table in Markdown.</summary>
    public void Head(params string[] columns)
    {
        Row(columns);
        Row([.. columns.Select(_ => "---:")]);
    }

    /// <summary>Writes a row of a table in Markdown.</summary>
    public void Row(params string[] columns)
    {
        _table.WriteLine($"| {string.Join(" | ", columns)} |");
        _table.Flush();
    }

    /// <summary>A figure as tables show it.</summary>
    public static string Text(double value, int digits = 2) =>
        value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>A setting as tables show it.</summary>
    public static string Setting(double value) => value.ToString(CultureInfo.InvariantCulture);
}
