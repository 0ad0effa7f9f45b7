using System.Linq;
using Xunit;

namespace MeshActors.Host.Tests.Configuration;

public sealed class SyntaxMistakeTests
{
    [Fact]
    public void An_unclosed_brace_is_reported_at_its_opening_and_hides_no_other_mistake()
    {
        var read = Checked.Text(
            """
            mesh {
              networking {
                max-tunnels = 0
              discovery {
                cache-ttl = 90s
              }
            }
            """);

        Assert.Equal(
            [
                "node.conf:2 mesh.networking: value { is never closed; allowed: a closing }",
                "node.conf:3 mesh.networking.max-tunnels: value 0 is not allowed; allowed: a whole number from 1 to 16384",
                "node.conf:5 mesh.discovery.cache-ttl: value 90s is not allowed; allowed: 30s to 1m, with a unit (ms, s, m, h, d)",
            ],
            read.Lines);
        Assert.Null(read.Configuration);
    }

    [Fact]
    public void The_last_brace_may_be_the_missing_one() => Assert.Equal(
        ["node.conf:1 mesh: value { is never closed; allowed: a closing }"],
        Checked.Text("mesh {\n  node.id = a\n").Lines);

    [Fact]
    public void An_unclosed_bracket_ends_where_its_section_ends() => Assert.Equal(
        ["node.conf:1 mesh.node.roles: value [ is never closed; allowed: a closing ]"],
        Checked.Text("mesh { node { roles = [agent } }\n").Lines);

    [Fact]
    public void A_brace_too_many_is_reported_where_it_stands() => Assert.Equal(
        ["node.conf:2 (top of the file): value } closes what was never opened; allowed: as many opening as closing }"],
        Checked.Text("mesh { node.id = a }\n}\n").Lines);

    [Fact]
    public void A_second_equals_sign_is_a_mistake() => Assert.Equal(
        ["node.conf:1 mesh.node.id: value = 1 begins with a second =; allowed: one = or :"],
        Checked.Text("mesh.node.id = = 1").Lines);

    [Fact]
    public void A_key_without_a_value_is_a_mistake() => Assert.Equal(
        [
            "node.conf:1 mesh.node.id: value \"\" is missing; allowed: a value in the same line",
            "node.conf:2 mesh.node.region: value \"\" does not follow a = or :; allowed: region = VALUE, or region { ... }",
            "node.conf:3 mesh.node.realm: value 7 does not follow a = or :; allowed: realm = VALUE, or realm { ... }",
        ],
        Checked.Text("mesh.node.id =\nmesh.node.region\nmesh.node.realm 7\n").Lines);

    [Fact]
    public void A_colon_in_a_value_without_quotes_is_a_mistake() => Assert.Equal(
        [
            "node.conf:1 mesh.api.bind: value 127.0.0.1:7480 holds : outside quotes; allowed: the value in double quotes, one key in each line",
        ],
        Checked.Text("mesh.api.bind = 127.0.0.1:7480").Lines);

    [Theory]
    [InlineData("mesh.node.id = \"a\nmesh.node.region = x", "\"a is a string that does not end in its line; allowed: a closing \"")]
    [InlineData("mesh.node.id = \"\"\"a\n", "\"\"\" opens a string that never ends; allowed: a closing \"\"\"")]
    [InlineData("mesh.node.id = \"a\\q\"", "\"a\\q\" holds the unknown escape \\q; allowed: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")]
    [InlineData("mesh.node.id = ${A", "${A is a substitution that does not end in its line; allowed: ${NAME} or ${?NAME}")]
    public void A_string_or_substitution_that_does_not_end_is_reported_with_its_key(string text, string expected) =>
        Assert.Equal(["node.conf:1 mesh.node.id: value " + expected], Checked.Text(text).Lines);

    [Fact]
    public void Two_values_of_one_key_are_a_mistake_however_they_are_written() => Assert.Equal(
        [
            "node.conf:2 mesh.node.realm: value 2 is a second value, the first is in line 1; allowed: one value for each key of a file",
            "node.conf:4 mesh.node.id: value b is a second value, the first is in line 3; allowed: one value for each key of a file",
        ],
        Checked.Text("mesh.node.realm = 1\nmesh { node { realm = 2 } }\nmesh.node.id = a\nmesh.node.id = b").Lines);

    [Fact]
    public void A_value_over_a_section_is_a_second_value() => Assert.Equal(
        ["node.conf:2 mesh.node: value 5 is a second value, the first is in line 1; allowed: one value for each key of a file"],
        Checked.Text("mesh.node.realm = 1\nmesh.node = 5").Lines);

    [Fact]
    public void Sections_of_one_name_become_one()
    {
        var read = Checked.Text("mesh { node { id = a } }\nmesh { node { realm = 3 } }\nmesh.node.region = eu");

        Assert.Empty(read.Lines);
        Assert.Equal(("a", 3, "eu"), (
            read.Configuration!.Mesh.Node.Id, read.Configuration.Mesh.Node.Realm, read.Configuration.Mesh.Node.Region));
    }

    [Fact]
    public void Nesting_has_a_bound_and_no_input_overflows_the_stack()
    {
        var deep = string.Concat(Enumerable.Repeat("a { ", 20_000));

        Assert.Contains(Checked.Text(deep).Lines, line => line.Contains("is nested too deep", System.StringComparison.Ordinal));
        Assert.Contains(
            Checked.Text("a = " + new string('[', 20_000)).Lines,
            line => line.Contains("is nested too deep", System.StringComparison.Ordinal));
    }
}
