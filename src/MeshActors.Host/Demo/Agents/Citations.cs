using System.Collections.Generic;

namespace MeshActors.Host.Demo.Agents;

/// <summary>Something a piece of text points at.</summary>
/// <param name="Kind"><c>rfc</c>, <c>file</c> (a link to a text of the input) or <c>web</c>.</param>
/// <param name="Target"><c>RFC 9000</c>; a path below the input directory with its anchor; or an address.</param>
/// <param name="Count">How often the piece points there.</param>
/// <param name="Title">The line of the corpus that gives the target's title, or null when there is none.</param>
/// <param name="TitleAt">Where that line stands: <c>docs/protocol.md:12</c>.</param>
internal sealed record Citation(string Kind, string Target, int Count, string? Title, string? TitleAt);

/// <summary>Result of <c>citation-extraction</c>.</summary>
/// <param name="Items">In the order of their first occurrence, each target once; 200 at most.</param>
/// <param name="Resolved">How many of them have a title.</param>
internal sealed record Citations(IReadOnlyList<Citation> Items, int Resolved);
