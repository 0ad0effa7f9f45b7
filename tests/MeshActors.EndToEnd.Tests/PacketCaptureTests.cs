using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>The capture itself: a check that finds nothing must be able to find something.</summary>
public sealed class PacketCaptureTests
{
    [PrivilegedLinuxFact]
    public void A_plain_text_on_loopback_is_found_and_what_was_not_sent_is_not()
    {
        var sent = KnownInput.Make(seed: 1, files: 1)[0].Text[..1_000];
        var unsent = KnownInput.Make(seed: 2, files: 1)[0].Text[..1_000];
        using var capture = new PacketCapture();

        LoopbackText.Send(sent);
        var (frames, dropped) = capture.End();

        Assert.Equal(0, dropped);
        Assert.Contains(WindowsOf(sent).FirstIn(frames)!, sent, System.StringComparison.Ordinal);
        Assert.Null(WindowsOf(unsent).FirstIn(frames));
    }

    private static ByteWindows WindowsOf(string text)
    {
        var windows = new ByteWindows();
        windows.Add(text);
        return windows;
    }
}
