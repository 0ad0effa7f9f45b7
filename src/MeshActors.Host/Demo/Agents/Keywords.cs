using System.Collections.Generic;

namespace MeshActors.Host.Demo.Agents;

/// <summary>A word that sets a piece of text apart from the rest of the corpus.</summary>
/// <param name="Word">In lower case.</param>
/// <param name="Count">How often it occurs in the piece.</param>
/// <param name="Sections">Sections of the corpus it occurs in; 0 when the corpus does not know it.</param>
/// <param name="Score">TF-IDF, four decimals.</param>
internal sealed record Keyword(string Word, int Count, int Sections, double Score);

/// <summary>Result of <c>keyword-extraction</c>.</summary>
/// <param name="Items">Up to eight, highest score first, equal ones in the order of the alphabet.</param>
/// <param name="CorpusSections">Sections of the corpus the frequencies come from.</param>
internal sealed record Keywords(IReadOnlyList<Keyword> Items, int CorpusSections);
