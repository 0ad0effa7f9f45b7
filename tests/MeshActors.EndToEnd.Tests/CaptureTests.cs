using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>What somebody sees who reads the packets of a demo.</summary>
public sealed class CaptureTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [PrivilegedLinuxFact]
    public async Task No_16_bytes_of_any_payload_cross_the_interface()
    {
        var payloads = new ByteWindows();
        foreach (var (name, text) in KnownInput.Make(seed: 7, files: 6))
        {
            _temporary.Write("input/" + name, text);
            payloads.Add(text);
            payloads.Add(JsonSerializer.Serialize(text));
        }

        var plaintext = new ByteWindows();
        var marker = KnownInput.Make(seed: 1_000, files: 1)[0].Text[..64];
        plaintext.Add(marker);

        using var capture = new PacketCapture();
        using var run = await ProgramRun.ToEndAsync(
            _temporary.Root, Patience, "demo", "--json", "--input", _temporary.PathOf("input"));
        LoopbackText.Send(marker);
        var (frames, dropped) = capture.End();

        Assert.True(run.ExitCode == 0, run.Errors);
        foreach (var line in run.Json().SkipLast(1))
        {
            payloads.Add(line.GetProperty("result").GetRawText());
        }

        payloads.Add("citation-extraction");
        Assert.Equal(0, dropped);
        Assert.True(payloads.Count > 50_000);

        // The tasks are in what was captured, and what is not sealed is found: so the next line can fail.
        Assert.True(frames.Length > payloads.Count);
        Assert.NotNull(plaintext.FirstIn(frames));
        Assert.Null(payloads.FirstIn(frames));
    }
}
