using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MeshActors.Host.Cli;

/// <summary>Holds options against their ranges.</summary>
internal static class Bounds
{
    public static void Check(OptionResult result, Option<int> option, int min, int max)
    {
        // What is no number is reported by the parser.
        if (result.Tokens is [{ } token]
            && int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && (value < min || value > max))
        {
            result.AddError(string.Create(
                CultureInfo.InvariantCulture, $"{option.Name} is {value}; allowed: {min} to {max}."));
        }
    }
}
