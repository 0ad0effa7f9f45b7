using System.Linq;
using MeshActors.Conventions.Tests.Rules;
using MeshActors.Conventions.Tests.Sources;
using Xunit;

namespace MeshActors.Conventions.Tests;

public sealed class TypeTests
{
    [Fact]
    public void No_type_is_named_by_a_word_that_says_nothing() =>
        Verdict.None(Repository.Sources("src").Concat(Repository.Sources("tests"))
            .SelectMany(TypeRule.NameViolations));

    [Fact]
    public void Each_file_holds_one_type_and_has_its_name() =>
        Verdict.None(Repository.Sources("src").SelectMany(TypeRule.OnePerFileViolations));

    [Fact]
    public void No_file_is_longer_than_one_idea() =>
        Verdict.None(Repository.Sources("src").SelectMany(TypeRule.LengthViolations));

    [Fact]
    public void The_namespace_is_the_folder() =>
        Verdict.None(Repository.Sources("src").SelectMany(TypeRule.NamespaceViolations));

    [Fact]
    public void Each_type_says_what_it_is_for() =>
        Verdict.None(Repository.Sources("src").SelectMany(TypeRule.SummaryViolations));

    [Theory]
    [InlineData("class TunnelManager;", "TunnelManager")]
    [InlineData("internal sealed class ByteHelper { }", "ByteHelper")]
    [InlineData("static class StringUtils\n{\n}", "StringUtils")]
    [InlineData("record PacketData(int A);", "PacketData")]
    [InlineData("readonly record struct PeerInfo(int A);", "PeerInfo")]
    [InlineData("interface Path { }", "Path")]
    [InlineData("class A { private enum Stream : byte { B } }", "Stream")]
    public void A_planted_name_is_found(string code, string name) =>
        Assert.Contains($"type {name},", Assert.Single(TypeRule.NameViolations(File(code))));

    [Theory]
    [InlineData("class DataPath { int Info; }")]
    [InlineData("/* class FooManager */ class A<T> where T : class { string s = \"class B : Data\"; }")]
    [InlineData("class A { string S(int i) => $\"{(i > 0 ? \"class XHelper;\" : \"}\")} class YInfo;\"; }")]
    [InlineData("class A { const string S = \"\"\"\n  class ZData { \" }\n  \"\"\"; char c = '\"'; }")]
    public void Words_in_comments_and_literals_are_no_types(string code) =>
        Assert.Empty(TypeRule.NameViolations(File(code)));

    [Theory]
    [InlineData("class A { }\nclass B { }", "more than one type: A, B")]
    [InlineData("record B(int X);", "holds B, so its name is B.cs")]
    [InlineData("class B { }\nenum C { D }", "holds B, so its name is B.cs")]
    public void A_planted_second_type_is_found(string code, string violation) =>
        Assert.Equal([$"{Path}: {violation}"], TypeRule.OnePerFileViolations(File(code)));

    [Theory]
    [InlineData("interface A { }\nstatic class AExtensions { }")]
    [InlineData("static class A { }\nclass AException { }")]
    [InlineData("record B(int X);\nrecord C(int X);\nenum D { E }")]
    [InlineData("class A { class B { class C { } } }")]
    [InlineData("class A { }\nenum AState { B }\nrecord AEvent(int X);")]
    public void Messages_of_one_protocol_and_pairs_may_share_a_file(string code) =>
        Assert.Empty(TypeRule.OnePerFileViolations(File(code)));

    [Fact]
    public void A_file_of_messages_is_called_so() =>
        Assert.Empty(TypeRule.OnePerFileViolations(
            new SourceFile("src/MeshActors/Tasks/TaskMessages.cs", "static class Code { }\nrecord A;\nenum B { C }")));

    [Fact]
    public void A_planted_long_file_is_found()
    {
        var longest = string.Concat(Enumerable.Repeat("// a\n", TypeRule.MaxLines));

        Assert.Empty(TypeRule.LengthViolations(File(longest)));
        Assert.Equal([$"{Path}: 351 lines, at most 350"], TypeRule.LengthViolations(File(longest + "// b\n")));
    }

    [Fact]
    public void A_planted_foreign_namespace_is_found()
    {
        Assert.Empty(TypeRule.NamespaceViolations(File("namespace MeshActors.Transport.Wire;")));
        Assert.Equal(
            [$"{Path}: namespace MeshActors.Transport, its folder says MeshActors.Transport.Wire"],
            TypeRule.NamespaceViolations(File("namespace MeshActors.Transport;")));
    }

    [Fact]
    public void A_planted_type_without_summary_is_found()
    {
        Assert.Empty(TypeRule.SummaryViolations(File("namespace N;\n/// <summary>Is.</summary>\n[Flags]\nenum A { B }")));
        Assert.Equal(
            [$"{Path}:4: type A has no summary"],
            TypeRule.SummaryViolations(File("namespace N;\n// Is.\n[Flags]\nenum A { B }")));
    }

    private const string Path = "src/MeshActors.Transport/Wire/A.cs";

    private static SourceFile File(string code) => new(Path, code);
}
