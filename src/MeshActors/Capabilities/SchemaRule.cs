using System.Globalization;
using System.Linq;
using NJsonSchema;
using NJsonSchema.Validation;

namespace MeshActors.Capabilities;

/// <summary>The rule a payload broke, in words for people.</summary>
internal static class SchemaRule
{
    /// <summary>Says the rule without the value that broke it: payloads never show in errors.</summary>
    public static string Describe(ValidationErrorKind kind, JsonSchema? schema) => kind switch
    {
        ValidationErrorKind.PropertyRequired => "is required",
        ValidationErrorKind.NoAdditionalPropertiesAllowed => "is not a member of this object",
        ValidationErrorKind.StringExpected => "must be a string",
        ValidationErrorKind.NumberExpected => "must be a number",
        ValidationErrorKind.IntegerExpected => "must be an integer",
        ValidationErrorKind.BooleanExpected => "must be true or false",
        ValidationErrorKind.ObjectExpected => "must be an object",
        ValidationErrorKind.ArrayExpected => "must be an array",
        ValidationErrorKind.NullExpected => "must be null",
        ValidationErrorKind.NoTypeValidates => $"must be one of the types {schema?.Type}",
        ValidationErrorKind.NotInEnumeration => $"must be one of {Join(schema)}",
        ValidationErrorKind.PatternMismatch => "does not match its pattern",
        ValidationErrorKind.NumberTooSmall => $"must be at least {Number(schema?.Minimum)}",
        ValidationErrorKind.NumberTooBig => $"must be at most {Number(schema?.Maximum)}",
        ValidationErrorKind.StringTooShort => $"must have at least {schema?.MinLength} characters",
        ValidationErrorKind.StringTooLong => $"must have at most {schema?.MaxLength} characters",
        ValidationErrorKind.TooFewItems => $"must have at least {schema?.MinItems} items",
        ValidationErrorKind.TooManyItems => $"must have at most {schema?.MaxItems} items",
        ValidationErrorKind.ItemsNotUnique => "must not hold an item twice",
        _ => Words(kind),
    };

    private static string Number(decimal? bound) => bound?.ToString(CultureInfo.InvariantCulture) ?? "its bound";

    private static string Join(JsonSchema? schema) =>
        string.Join(", ", schema?.Enumeration.Select(value => value ?? "null") ?? []);

    /// <summary><c>DateTimeExpected</c> as "date time expected".</summary>
    private static string Words(ValidationErrorKind kind) =>
        string.Concat(kind.ToString().Select((c, i) => char.IsAsciiLetterUpper(c)
            ? (i == 0 ? string.Empty : " ") + char.ToLowerInvariant(c)
            : c.ToString()));
}
