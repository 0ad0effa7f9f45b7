using System.Linq;
using MeshActors.LinkLab;
using MeshActors.LinkLab.Flows;
using MeshActors.LinkLab.Runs;
using MeshActors.Transport.Congestion;
using Xunit;

namespace MeshActors.Simulation.Tests.LinkLab;

public sealed class LabTests
{
    [Fact]
    public void Bytes_between_two_counts_lie_on_a_straight_line()
    {
        (long, long)[] samples = [(100, 10), (200, 30), (400, 30)];

        Assert.Equal([0, 10, 20, 30, 30, 30], new long[] { 50, 100, 150, 200, 300, 900 }.Select(at => Flow.BytesAt(samples, at)));
    }

    [Fact]
    public void A_buffer_is_given_in_products_of_rate_and_round_trip_but_never_less_than_eight_packets()
    {
        Assert.Equal(1_250_000 / 2, new Cell(100, 100, 0, 0.5).Shape.QueueBytes);
        Assert.Equal(12_000, new Cell(1, 1, 0, 4).Shape.QueueBytes);
    }

    [Fact]
    public void Options_change_the_link_and_the_flows()
    {
        var parsed = LabArguments.Parse(
            ["cell", "--rate", "10", "--loss", "0.5", "--mark", "--mtu", "1280", "--flows", "bbr,mesh", "--control", "cubic"], out _);

        Assert.Equal(new Cell(10, 30, 0.5, 1) { Marks = true, Mtu = 1_280 }, parsed!.Cell);
        Assert.Equal([FlowKind.Bbr, FlowKind.Mesh], parsed.Flows);
        Assert.Equal(CongestionControl.Cubic, parsed.Control);
    }

    [Fact]
    public void Each_flow_is_measured_beside_the_first_and_the_first_beside_itself() =>
        Assert.Equal(
            [(FlowKind.Mesh, FlowKind.Cubic), (FlowKind.Mesh, FlowKind.Mesh)],
            Fairness.Pairs([FlowKind.Mesh, FlowKind.Cubic]));

    [Theory]
    [InlineData("")]
    [InlineData("meter")]
    [InlineData("cell --rate 0")]
    [InlineData("cell --rate fast")]
    [InlineData("cell --loss 100")]
    [InlineData("cell --mtu 9000")]
    [InlineData("cell --flows reno")]
    [InlineData("cell --control reno")]
    [InlineData("cell --seconds")]
    [InlineData("cell --speed 7")]
    public void What_is_not_understood_is_refused_with_a_reason(string line)
    {
        Assert.Null(LabArguments.Parse(line.Split(' ', System.StringSplitOptions.RemoveEmptyEntries), out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void The_telling_cells_are_among_all_of_them() =>
        Assert.Subset(
            Matrix.Full.ToHashSet(), Matrix.Telling.Where(cell => cell.PolicerMbit is null && cell.BufferBdp <= 4).ToHashSet());
}
