using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace MeshActors.Host.Tests.Roles;

public sealed class NodeProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Sigterm_ends_the_program_with_0_and_its_summary_as_the_last_line()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var directory = new TemporaryDirectory();
        var file = directory.Write("node.conf", $"mesh {{ identity.path = \"{directory.Root}/id\", api.bind = off }}");
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "meshactors.dll"), "run", "--config", file, "--json" },
            Environment = { ["XDG_DATA_HOME"] = directory.Root },
            RedirectStandardOutput = true,
        })!;

        var ready = JsonNode.Parse((await process.StandardOutput.ReadLineAsync().WaitAsync(Patience))!)!;
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]))
        {
            await kill.WaitForExitAsync();
        }

        var rest = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal("ready", ready["kind"]!.ToString());
        Assert.Equal("{\"kind\":\"summary\",\"stopped\":true}", rest.Trim());
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.Combine(directory.Root, "id")));
    }
}
