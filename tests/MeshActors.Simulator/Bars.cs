using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Congestion;
using MeshActors.Transport.Congestion;

namespace MeshActors.Simulator;

/// <summary>What the default controller must reach, and who says that it did not.</summary>
internal static class Bars
{
    private const string Default = "bbr";
    private const int TransferMegabytes = 50;

    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(30);

    /// <summary>50 MB on one stream at 0, 0.5, 1 and 2 % loss.</summary>
    public static List<TransferLine> Transfers() =>
    [
        .. from control in (CongestionControl[])[CongestionControl.Cubic, CongestionControl.Bbr]
        from loss in (double[])[0, 0.5, 1, 2]
        select Transfer(control, loss),
    ];

    /// <summary>Each pair of controllers, each buffer, whoever begins.</summary>
    public static List<ShareLine> Shares() =>
    [
        .. from pair in ((CongestionControl, CongestionControl)[])
        [
            (CongestionControl.Bbr, CongestionControl.Bbr),
            (CongestionControl.Bbr, CongestionControl.Cubic),
            (CongestionControl.Cubic, CongestionControl.Cubic),
        ]
        from buffer in (double[])[0.5, 1, 4]
        from late in (bool[])[false, true]
        select Share(pair.Item1, pair.Item2, buffer, late),
    ];

    /// <summary>The bars that did not hold, in words; cells that were not played break none.</summary>
    public static List<string> Broken(IEnumerable<CongestionCell> cells, IEnumerable<ShareLine> shares)
    {
        var broken = new List<string>();
        foreach (var cell in cells.Where(cell => cell is { Controller: Default, Mbits: 100, RoundTripMs: 100 } && cell.Buffer != "policer"))
        {
            var least = cell.LossPercent <= 1 ? 90 : 50;
            if (cell.GoodputPercent < least)
            {
                broken.Add($"{cell.GoodputPercent} % of the link, not {least} %, at {cell.LossPercent} % loss and buffer {cell.Buffer}");
            }
        }

        foreach (var share in shares.Where(share => share.First == Default))
        {
            var most = share.Second == Default ? 60 : 70;
            if (share.SharePercent > most || share.SharePercent < 100 - most)
            {
                broken.Add($"{share.First} has {share.SharePercent} % beside {share.Second} at buffer {share.Buffer}");
            }
        }

        return broken;
    }

    private static TransferLine Transfer(CongestionControl control, double loss)
    {
        var path = new SimPath(100e6, RoundTrip) { LossPercent = loss };
        var world = new SimFlows(path, seed: 1);
        var flow = world.Add(control);
        world.Run(TimeSpan.FromMinutes(10), () => flow.DeliveredBytes >= TransferMegabytes * 1_000_000);
        return new TransferLine(
            Name(control), loss, TransferMegabytes, Math.Round(flow.DeliveredBytes / 1e6 / world.Elapsed.TotalSeconds, 1));
    }

    private static ShareLine Share(CongestionControl first, CongestionControl second, double buffer, bool firstIsLate)
    {
        var path = new SimPath(100e6, RoundTrip) { BufferProducts = buffer };
        var world = new SimFlows(path, seed: 1);
        var a = world.Add(first, TimeSpan.FromSeconds(firstIsLate ? 5 : 0));
        var b = world.Add(second, TimeSpan.FromSeconds(firstIsLate ? 0 : 0.1));
        world.Run(TimeSpan.FromSeconds(10));
        var before = (A: a.DeliveredBytes, B: b.DeliveredBytes);
        world.Delays.Clear();
        var minute = TimeSpan.FromMinutes(1);
        world.Run(minute);
        double ofFirst = a.DeliveredBytes - before.A;
        var all = ofFirst + b.DeliveredBytes - before.B;
        return new ShareLine(
            Name(first),
            Name(second),
            buffer,
            firstIsLate ? "5 s later" : "0.1 s earlier",
            Math.Round(100 * ofFirst / all, 1),
            Math.Round(100 * all / minute.TotalSeconds / path.BytesPerSecond, 1),
            Math.Round(world.Delays.MeanMilliseconds, 1));
    }

    private static string Name(CongestionControl control) => control.ToString().ToLowerInvariant();
}
