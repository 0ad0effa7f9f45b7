using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NJsonSchema.Validation;
using NJsonSchema.Validation.FormatValidators;

namespace MeshActors.Capabilities;

/// <summary>One <c>pattern</c> of a schema, matched in time linear in the text: no payload can make it run away.</summary>
internal sealed class PatternFormat : IFormatValidator
{
    private readonly Regex _pattern;

    /// <param name="format">The name the rewritten schema uses for it.</param>
    /// <param name="pattern">A regular expression that needs no backtracking.</param>
    public PatternFormat(string format, string pattern)
    {
        Format = format;
        _pattern = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    public string Format { get; }

    public ValidationErrorKind ValidationErrorKind => ValidationErrorKind.PatternMismatch;

    public bool IsValid(string value, JTokenType tokenType) => _pattern.IsMatch(value);
}
