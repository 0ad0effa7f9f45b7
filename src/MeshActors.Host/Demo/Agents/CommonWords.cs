using System;
using System.Collections.Frozen;

namespace MeshActors.Host.Demo.Agents;

/// <summary>The commonest words of English, which say nothing about a text's subject.</summary>
internal static class CommonWords
{
    private static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet(
        """
        a about above after again against all also always am an and another any are as at away back be because
        been before being below between both but by can cannot could did do does doing done down during each
        either else even ever every few first for from further get give goes had has have having he her here him
        his how however i if in into is it its itself just last least less like made make many may me might more
        most much must my neither never next no none nor not nothing now of off often on once one only onto or
        other others our out over own per rather said same say says see shall she should since so some still
        such take than that the their them then there these they thing things this those though three through
        thus to too two under until up upon us use used uses using very via was way we well were what when where
        whether which while who whom whose why will with within without would yet you your
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a word, in any case, is one of them.</summary>
    public static bool Contains(string word) => All.Contains(word);
}
