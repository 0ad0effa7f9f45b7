using System;

namespace MeshActors.Host.Demo.Agents;

/// <summary>Counts the syllables of an English word by its vowel groups.</summary>
/// <remarks>
/// A group of <c>a e i o u y</c> is a syllable; a last <c>e</c>, <c>es</c> or <c>ed</c> is silent, except the <c>le</c>
/// after a consonant (<c>table</c>), the <c>ed</c> after <c>t</c> or <c>d</c> (<c>wanted</c>) and the <c>es</c> after a
/// hiss (<c>boxes</c>). A word has one at least. Right for about nine words of ten.
/// </remarks>
internal static class Syllables
{
    /// <summary>1 or more.</summary>
    public static int Count(ReadOnlySpan<char> word)
    {
        var groups = 0;
        var inGroup = false;
        foreach (var c in word)
        {
            var isVowel = IsVowel(c);
            groups += isVowel && !inGroup ? 1 : 0;
            inGroup = isVowel;
        }

        return Math.Max(1, EndsSilent(word) ? groups - 1 : groups);
    }

    private static bool EndsSilent(ReadOnlySpan<char> word)
    {
        if (word.Length < 3)
        {
            return false;
        }

        var last = char.ToLowerInvariant(word[^1]);
        var before = char.ToLowerInvariant(word[^2]);
        var third = char.ToLowerInvariant(word[^3]);
        return (before, last) switch
        {
            (_, 'e') => !IsVowel(before) && !(before == 'l' && !IsVowel(third)),
            ('e', 'd') => !IsVowel(third) && third is not ('t' or 'd'),
            ('e', 's') => !IsVowel(third) && third is not ('s' or 'x' or 'z' or 'c' or 'g' or 'h' or 'l'),
            _ => false,
        };
    }

    private static bool IsVowel(char c) => char.ToLowerInvariant(c) is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';
}
