using System;
using System.Globalization;
using System.Threading.Tasks;
using MeshActors.LinkLab.Flows;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Identity;

namespace MeshActors.LinkLab.Runs;

/// <summary>A sender on the left and a receiver on the right that nobody else talks to.</summary>
internal sealed class Flow : IAsyncDisposable
{
    private const double BitsPerByte = 8;

    private readonly FlowProcess _receiver;
    private readonly FlowProcess _sender;

    private Flow(FlowKind kind, FlowProcess receiver, FlowProcess sender)
    {
        Kind = kind;
        _receiver = receiver;
        _sender = sender;
    }

    public FlowKind Kind { get; }

    /// <summary>What the sender last told of itself, a JSON object; null for nothing.</summary>
    public string? Figures => _sender.Figures;

    /// <summary>Starts both ends; when it returns the sender has a connection and waits for <see cref="GoAsync"/>.</summary>
    /// <param name="network">Where.</param>
    /// <param name="kind">What carries the bytes.</param>
    /// <param name="port">The receiver's, its own among all flows that run.</param>
    /// <param name="messageBytes">Length of messages, where there are messages.</param>
    /// <param name="control">Our congestion control; null takes the default.</param>
    public static async Task<Flow> StartAsync(
        LabNetwork network, FlowKind kind, int port, int messageBytes, CongestionControl? control)
    {
        var secret = kind == FlowKind.Mesh ? NewSecret() : string.Empty;
        var protocol = kind == FlowKind.Mesh ? "mesh" : "tcp";
        var receiver = await FlowProcess.StartAsync(
            network.Right, secret, $"{protocol}-receive", port.ToString(CultureInfo.InvariantCulture));
        try
        {
            var sender = await FlowProcess.StartAsync(
                network.Left,
                secret,
                [
                    $"{protocol}-send",
                    $"{LabNetwork.RightAddress}:{port}",
                    kind == FlowKind.Mesh ? messageBytes.ToString(CultureInfo.InvariantCulture) : Results.Name(kind),
                    .. kind == FlowKind.Mesh && control is { } chosen ? [chosen.ToString()] : Array.Empty<string>(),
                ]);
            return new Flow(kind, receiver, sender);
        }
        catch
        {
            await receiver.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets it begin.</summary>
    public Task GoAsync() => _sender.GoAsync();

    /// <summary>Mean bits a second that reached the receiver's program between two times of the machine's clock, in nanoseconds.</summary>
    public double BitsPerSecond(long from, long to)
    {
        var samples = _receiver.Samples();
        return (BytesAt(samples, to) - BytesAt(samples, from)) * BitsPerByte * 1e9 / (to - from);
    }

    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    /// <summary>Bytes that had arrived at a time: a straight line between the counts before and after it.</summary>
    internal static double BytesAt(ReadOnlySpan<(long At, long Value)> samples, long time)
    {
        (long At, long Value) before = default;
        foreach (var sample in samples)
        {
            if (sample.At > time)
            {
                return before.At == 0
                    ? 0
                    : before.Value + ((double)(sample.Value - before.Value) * (time - before.At) / (sample.At - before.At));
            }

            before = sample;
        }

        return before.Value;
    }

    private static string NewSecret()
    {
        using var secret = FleetSecret.Generate(SystemRandomSource.Instance);
        Span<char> text = stackalloc char[FleetSecret.TextLength];
        secret.WriteText(text);
        return text.ToString();
    }
}
