using System.Linq;
using MeshActors.Host.Demo.Fleet;
using Xunit;

namespace MeshActors.Host.Tests.Demo.Fleet;

public sealed class LastLinesTests
{
    [Fact]
    public void Only_the_last_lines_are_kept_and_long_ones_are_cut()
    {
        var lines = new LastLines();
        for (var i = 0; i < LastLines.MaxLines + 3; i++)
        {
            lines.Add($"line {i}");
        }

        lines.Add(new string('x', LastLines.MaxChars + 1));

        var kept = lines.ToString().Split('\n');
        Assert.Equal(LastLines.MaxLines, kept.Length);
        Assert.Equal("line 4", kept[0]);
        Assert.Equal(LastLines.MaxChars, kept.Last().Length);
    }
}
