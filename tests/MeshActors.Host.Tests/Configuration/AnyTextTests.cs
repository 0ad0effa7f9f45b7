using System;
using System.Linq;
using CsCheck;
using MeshActors.Host.Configuration;
using Xunit;

namespace MeshActors.Host.Tests.Configuration;

public sealed class AnyTextTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "=", ":", "+=", ",", "\n", "\"", "\"\"\"", "${", "${?", "}", "#", "//", " ", ".", "a", "b", "a.b", "1", "\\",
        "\\u12", "include", "include \"x\"", "mesh", "node", "\0", "\uFEFF", "null", "${a}", "${?b}", "\"q\"",
    ];

    private static readonly Gen<string> AnyText =
        Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]).Array[0, 40].Select(string.Concat);

    /// <summary>Values with signs that have a meaning in HOCON; Akka's parser trims all values.</summary>
    private static readonly Gen<string> AnyValue = Gen.Char["ab \"\\{}[]=:,#$\n\t/+'\u00fc"].Array[0, 20].Select(letters => new string(letters).Trim());

    [Fact]
    public void Any_text_is_read_or_refused_with_lines_that_exist() => AnyText.Sample(
        text =>
        {
            var mistakes = new MistakeList();
            ConfigurationFiles.ReadText("any.conf", text, _ => null, mistakes);
            var lines = text.Count(letter => letter == '\n') + 1;
            return mistakes.InOrder().All(mistake =>
                mistake.Line >= 1 && mistake.Line <= lines && !mistake.ToString().Contains('\n', StringComparison.Ordinal));
        },
        iter: 20_000);

    [Fact]
    public void Every_value_reaches_akkas_parser_as_it_was_written() => AnyValue.Sample(value =>
    {
        var quoted = System.Text.Json.JsonSerializer.Serialize(value);
        var mistakes = new MistakeList();
        var root = ConfigurationFiles.ReadText("any.conf", $"akka {{ k = {quoted}, l = [ {quoted} ] }}", _ => null, mistakes);
        var akka = Akka.Configuration.ConfigurationFactory.ParseString(AkkaSection.Write(root.Fields["akka"]));

        return mistakes.IsEmpty && akka.GetString("akka.k") == value && akka.GetStringList("akka.l").Single() == value;
    });
}
