using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace MeshActors.Conventions.Tests.Sources;

/// <summary>A type declared in a file.</summary>
/// <param name="Kind">Its keyword: class, struct, record, interface, enum or delegate.</param>
/// <param name="Name">Its name without type parameters.</param>
/// <param name="Depth">0 when it stands in the namespace, more when it is nested.</param>
/// <param name="Line">Where it is declared, from 1.</param>
internal sealed partial record TypeDeclaration(string Kind, string Name, int Depth, int Line)
{
    /// <summary>Finds all types of a file with a file-scoped namespace or none.</summary>
    public static IReadOnlyList<TypeDeclaration> Of(SourceFile file)
    {
        var found = new List<TypeDeclaration>();
        var depth = 0;
        var line = 1;
        var at = 0;
        foreach (Match match in Declaration().Matches(file.Code))
        {
            for (; at < match.Index; at++)
            {
                depth += file.Code[at] switch { '{' => 1, '}' => -1, _ => 0 };
                line += file.Code[at] == '\n' ? 1 : 0;
            }

            var kind = match.Groups["kind"].Value;
            found.Add(new TypeDeclaration(
                kind.StartsWith("record", StringComparison.Ordinal) ? "record" : kind,
                match.Groups["name"].Value,
                depth,
                line));
        }

        return found;
    }

    [GeneratedRegex(
        @"\b(?:(?<kind>record\s+struct|record\s+class|record|class|struct|interface|enum)"
        + @"|(?<kind>delegate)\s+[\w.<>?,\[\]]+)\s+(?<name>[A-Z]\w*)\s*[<({:;\r\n]",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Declaration();
}
