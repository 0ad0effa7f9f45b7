using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Host.Configuration;

/// <summary>Reads a key, which may be a path: <c>a.b."c.d"</c>.</summary>
internal static class HoconKey
{
    /// <summary>The names of the path; empty when there is no key, with the reason in <paramref name="problem"/>.</summary>
    public static IReadOnlyList<string> Read(HoconCursor cursor, out string shown, out string problem, out string allowed)
    {
        (shown, problem, allowed) = (string.Empty, string.Empty, string.Empty);
        var names = new List<string>();
        var endsOpen = true;
        var first = true;
        while (cursor.Current.Kind is HoconTokenKind.Unquoted or HoconTokenKind.Quoted
            && (first || cursor.Current.SpacesBefore == 0))
        {
            first = false;
            if (cursor.Current.Kind == HoconTokenKind.Quoted)
            {
                Extend(names, cursor.Current.Text, endsOpen);
                endsOpen = false;
            }
            else if (!TryAddPieces(names, cursor.Current.Text.Split('.'), ref endsOpen))
            {
                (shown, problem, allowed) = (
                    cursor.Current.Text, "is a key with an empty part", "names with one dot between two");
                return [];
            }

            cursor.Advance();
        }

        if (!first && !endsOpen)
        {
            return names;
        }

        var token = cursor.Current;
        (shown, problem, allowed) = token.Kind == HoconTokenKind.Broken
            ? (token.Text, token.Problem, token.Allowed)
            : (cursor.ShowLine(cursor.At), "stands where a key is expected", "KEY = VALUE, or KEY { ... }");
        return [];
    }

    private static bool TryAddPieces(List<string> names, string[] pieces, ref bool endsOpen)
    {
        if (pieces.Where((piece, index) => piece.Length == 0 && index > 0 && index < pieces.Length - 1).Any()
            || (pieces[0].Length == 0 && endsOpen))
        {
            return false;
        }

        for (var index = 0; index < pieces.Length; index++)
        {
            if (pieces[index].Length > 0)
            {
                Extend(names, pieces[index], endsOpen || index > 0);
            }
        }

        endsOpen = pieces[^1].Length == 0;
        return true;
    }

    private static void Extend(List<string> names, string piece, bool isNew)
    {
        if (isNew)
        {
            names.Add(piece);
        }
        else
        {
            names[^1] += piece;
        }
    }
}
