using System.Collections.Immutable;
using MeshActors.Discovery;

namespace MeshActors.Backbone;

/// <summary>Who can do it, or what else was meant.</summary>
/// <param name="Matches">Records that fit, with only what was asked for.</param>
/// <param name="Similar">Names near the one asked for, when nobody offers that one.</param>
internal sealed record RecordAnswer(ImmutableArray<RecordMatch> Matches, ImmutableArray<string> Similar);
