using System.Collections.Generic;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MeshActors.LinkLab.Runs;

/// <summary>One flow of one run, as a line of the results.</summary>
/// <param name="Kind">Always <c>flow</c>.</param>
/// <param name="Cell">The link.</param>
/// <param name="Flow">What carried the bytes.</param>
/// <param name="GoodputMbit">Millions of bits a second that reached the receiving program, over the measured time.</param>
/// <param name="LinkPercent">The same, in a hundredth of the link's rate.</param>
/// <param name="PerSecondMbit">The same for each second from the start.</param>
/// <param name="Sender">The sender's own figures.</param>
internal sealed record FlowFigures(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("cell")] Cell Cell,
    [property: JsonPropertyName("flow")] string Flow,
    [property: JsonPropertyName("goodputMbit")] double GoodputMbit,
    [property: JsonPropertyName("linkPercent")] double LinkPercent,
    [property: JsonPropertyName("perSecondMbit")] IReadOnlyList<double> PerSecondMbit,
    [property: JsonPropertyName("sender")] JsonNode? Sender);

/// <summary>What the link did while a run was measured, as a line of the results.</summary>
/// <param name="Kind">Always <c>link</c>.</param>
/// <param name="Cell">The link.</param>
/// <param name="Flows">What ran.</param>
/// <param name="CarriedMbit">Millions of bits a second of whole packets that left it toward the receivers.</param>
/// <param name="QueueMs">Mean time of a packet in the queue.</param>
/// <param name="QueueDropPercent">Of a hundred packets that came, how many found the queue full.</param>
/// <param name="RandomDropPercent">Of a hundred packets that came, how many were lost by chance.</param>
/// <param name="MarkedPercent">Of a hundred packets that came, how many were marked.</param>
/// <param name="LateUs">How much later than due a packet was handed over, mean, in microseconds: the lab's own error.</param>
/// <param name="LatestMs">The same at worst, in milliseconds, either direction, ramp included; a run with more than 20 is repeated, up to twice.</param>
internal sealed record LinkFigures(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("cell")] Cell Cell,
    [property: JsonPropertyName("flows")] IReadOnlyList<string> Flows,
    [property: JsonPropertyName("carriedMbit")] double CarriedMbit,
    [property: JsonPropertyName("queueMs")] double QueueMs,
    [property: JsonPropertyName("queueDropPercent")] double QueueDropPercent,
    [property: JsonPropertyName("randomDropPercent")] double RandomDropPercent,
    [property: JsonPropertyName("markedPercent")] double MarkedPercent,
    [property: JsonPropertyName("lateUs")] double LateUs,
    [property: JsonPropertyName("latestMs")] double LatestMs);
