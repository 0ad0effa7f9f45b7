using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using MeshActors.Capabilities;
using Xunit;

namespace MeshActors.Tests.Capabilities;

public sealed class SchemaValidatorTests
{
    private readonly SchemaValidator _validator = new();

    [Theory]
    [InlineData("""{"type":"object","required":["a"]}""", """{}""", "$.a", "is required")]
    [InlineData("""{"items":{"type":"number"}}""", """[1,true]""", "$[1]", "must be a number")]
    [InlineData("""{"type":["string","null"]}""", """1""", "$", "must be one of the types Null, String")]
    [InlineData("""{"minimum":2}""", """1""", "$", "must be at least 2")]
    [InlineData("""{"properties":{"a":{"maxLength":2}}}""", """{"a":"secret"}""", "$.a", "must have at most 2 characters")]
    [InlineData("""{"enum":["a",null]}""", "\"b\"", "$", "must be one of a, null")]
    [InlineData("""{"const":{"a":1}}""", """{"a":2}""", "$", "must be one of")]
    [InlineData("""{"not":{"type":"string"}}""", "\"b\"", "$", "")]
    [InlineData("""{"properties":{"a":false}}""", """{"a":1}""", "$.a", "")]
    [InlineData("""{"exclusiveMinimum":2}""", """2""", "$", "")]
    [InlineData("""{"$defs":{"d":{"type":"string"}},"items":{"$ref":"#/$defs/d"}}""", """[1]""", "$[0]", "must be a string")]
    [InlineData("""{"pattern":"^a+$"}""", "\"b\"", "$", "does not match its pattern")]
    [InlineData("""{"format":"date","pattern":"^2026"}""", "\"2025-01-01\"", "$", "does not match its pattern")]
    public void Names_the_place_and_the_rule(string schema, string json, string path, string rule)
    {
        var violation = Validate(schema, json);

        Assert.Equal(path, violation?.Path);
        Assert.StartsWith(rule, violation?.Rule, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", violation?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":["string","null"]}""", "null")]
    [InlineData("""{"enum":["a",null]}""", "null")]
    [InlineData("""{"const":1}""", "1")]
    [InlineData("""{"properties":{"a":true},"additionalProperties":false}""", """{"a":{"b":1}}""")]
    [InlineData("""{"type":"string"}""", "\"2026-01-01T00:00:00Z\"")]
    [InlineData("""{"pattern":"^a+$"}""", "\"aaa\"")]
    [InlineData("""{"properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """{"next":{"next":{}}}""")]
    [InlineData("""{"type":"number","minimum":0}""", "1e300")]
    [InlineData("""{"type":"number"}""", "1e300")]
    [InlineData("""{"type":"number","minimum":-1}""", "1e-300")]
    [InlineData("""{"multipleOf":0.01}""", "0.07")]
    public void Takes_what_fits(string schema, string json) => Assert.Null(Validate(schema, json));

    [Theory]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"type":"strin"}""")]
    [InlineData("""{"if":{},"then":{}}""")]
    [InlineData("""{"patternProperties":{"a":{}}}""")]
    [InlineData("""{"properties":[]}""")]
    [InlineData("""{"anyOf":[]}""")]
    [InlineData("""{"pattern":"(a)\\1"}""")]
    [InlineData("""{"$ref":"http://127.0.0.1:1/schema.json"}""")]
    [InlineData("""{"$ref":"file:///etc/passwd"}""")]
    [InlineData("""{"$ref":"#/definitions/absent"}""")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""")]
    [InlineData("""{"definitions":{"a":{"not":{"$ref":"#/definitions/b"}},"b":{"anyOf":[{"$ref":"#/definitions/a"}]}}}""")]
    [InlineData("""{"minimum":"x"}""")]
    [InlineData("""{"a":1,"a":2}""")]
    public void Refuses_schemas_it_could_not_enforce(string schema)
    {
        Assert.NotNull(_validator.CheckSchema(schema));
        Assert.NotNull(Validate(schema, "1"));
        Assert.Equal(0, _validator.Count);
    }

    [Fact]
    public void Refuses_a_small_schema_that_unfolds_into_a_huge_one()
    {
        var definitions = Enumerable.Range(0, 40)
            .Select(i => $$$"""
                "d{{{i}}}":{"anyOf":[{"$ref":"#/definitions/d{{{i + 1}}}"},{"$ref":"#/definitions/d{{{i + 1}}}"}]}
                """);
        var schema = "{\"definitions\":{" + string.Join(',', definitions) + ",\"d40\":{}},\"$ref\":\"#/definitions/d0\"}";

        Assert.Contains("too many", _validator.CheckSchema(schema)?.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_integer_too_long_to_compare() =>
        Assert.NotNull(Validate("""{"type":"integer"}""", "123456789012345678901234567890"));

    [Fact]
    public void A_pattern_that_would_backtrack_for_years_does_not() =>
        Assert.Equal("$", Validate("""{"pattern":"^(a+)+$"}""", $"\"{new string('a', 50_000)}!\"")?.Path);

    [Fact]
    public void Prints_one_bounded_line_whatever_the_names_are()
    {
        var name = new string('x', 400) + "\\n\\u001b[2J";
        var violation = Validate("""{"additionalProperties":false}""", $$"""{"{{name}}":1}""");

        Assert.Equal(256, violation?.Path.Length);
        Assert.DoesNotContain(Validate("""{"additionalProperties":false}""", """{"a\nb":1}""")!.Path, char.IsControl);
    }

    [Fact]
    public void Remembers_a_bounded_number_of_schemas_and_forgets_the_one_used_longest_ago()
    {
        for (var i = 0; i < SchemaValidator.Capacity + 20; i++)
        {
            Assert.Null(Validate($$"""{"minimum":{{i.ToString(CultureInfo.InvariantCulture)}}}""", "100000"));
        }

        Assert.Equal(SchemaValidator.Capacity, _validator.Count);
        Assert.NotNull(Validate("""{"minimum":0}""", "-1"));
    }

    [Fact]
    public async Task Serves_many_threads_at_once()
    {
        const string Schema = """
            {"definitions":{"leg":{"type":"object","properties":{"amount":{"type":"number"}},"required":["amount"]}},
             "properties":{"legs":{"items":{"$ref":"#/definitions/leg"}}}}
            """;
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 300).All(_ =>
                Validate(Schema, """{"legs":[{"amount":1}]}""") is null
                && Validate(Schema, """{"legs":[{"amount":1},{}]}""")?.Path == "$.legs[1].amount"))));

        Assert.All(runs, Assert.True);
    }

    private SchemaViolation? Validate(string schema, string json) =>
        _validator.Validate(schema, Encoding.UTF8.GetBytes(json));
}
