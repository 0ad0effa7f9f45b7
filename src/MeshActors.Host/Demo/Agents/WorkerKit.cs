using MeshActors.Host.Demo.Fleet;

namespace MeshActors.Host.Demo.Agents;

/// <summary>What the agents of one worker share; safe for several threads.</summary>
/// <param name="Journal">Every task is written to it before its work begins.</param>
/// <param name="Keywords">Knows the frequencies of the corpus.</param>
/// <param name="Citations">Knows the titles in the corpus.</param>
internal sealed record WorkerKit(TaskJournal Journal, KeywordReading Keywords, CitationReading Citations);
