using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MeshActors.Capabilities;
using Xunit;

namespace MeshActors.Tests.Capabilities;

/// <summary>What one side writes from a type, the schema exported from that type takes, and the other side reads.</summary>
public sealed class TypedSchemaTests
{
    private static readonly Quote Full = new(
        "EURUSD",
        Side.Sell,
        [new Leg(1.5m, 3, null), new Leg(-0.1m, null, [new Leg(2, 1, null)])],
        new Dictionary<string, int?> { ["a"] = 1, ["b"] = null },
        "note",
        Side.Buy,
        new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.FromHours(2)).AddTicks(1_234_567),
        new DateOnly(2026, 2, 28),
        new TimeOnly(13, 45, 7),
        TimeSpan.FromMilliseconds(90_061_001),
        new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        new Uri("https://example.org/a?b=c"),
        [1, 2, 255],
        JsonDocument.Parse("""{"free":[1,"x",null]}""").RootElement,
        long.MinValue,
        double.Epsilon,
        true,
        'x',
        new Circle(2));

    private static readonly Quote Bare = Full with
    {
        Legs = [],
        Limits = [],
        Note = null,
        Other = null,
        Free = JsonDocument.Parse("null").RootElement,
        Shape = new Square(3, 4),
    };

    private readonly SchemaValidator _validator = new();

    public enum Side
    {
        Buy,
        Sell,
    }

    [Fact]
    public void Nested_lists_nullables_enums_and_dates_go_round()
    {
        var schema = SchemaExport.Export(typeof(Quote));
        Assert.Null(_validator.CheckSchema(schema));

        foreach (var quote in (Quote[])[Full, Bare])
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(quote, StrictJson.Options);

            Assert.Null(_validator.Validate(schema, json));
            var read = JsonSerializer.Deserialize<Quote>(json, StrictJson.Options);
            Assert.Equal(json, JsonSerializer.SerializeToUtf8Bytes(read, StrictJson.Options));
        }
    }

    /// <summary>The validator and the deserializer must refuse the same, or sender and receiver would disagree.</summary>
    [Theory]
    [InlineData("/note", "7", "$.note")]
    [InlineData("/side", "\"hold\"", "$.side")]
    [InlineData("/side", "1", "$.side")]
    [InlineData("/side", "null", "$.side")]
    [InlineData("/other", "\"hold\"", "$.other")]
    [InlineData("/symbol", "null", "$.symbol")]
    [InlineData("/legs/1/amount", "\"1\"", "$.legs[1].amount")]
    [InlineData("/legs/1/inner/0/amount", "null", "$.legs[1].inner[0].amount")]
    [InlineData("/legs/0/count", "1.5", "$.legs[0].count")]
    [InlineData("/limits/b", "\"x\"", "$.limits.b")]
    [InlineData("/on", "\"yesterday\"", "$.on")]
    [InlineData("/at", "\"now\"", "$.at")]
    [InlineData("/id", "\"no-guid\"", "$.id")]
    [InlineData("/span", "\"soon\"", "$.span")]
    [InlineData("/letter", "\"xy\"", "$.letter")]
    public void What_the_schema_refuses_the_type_refuses_too(string place, string value, string path)
    {
        var json = Changed(place, value);

        Assert.Equal(path, _validator.Validate(SchemaExport.Export(typeof(Quote)), json)?.Path);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Quote>(json, StrictJson.Options));
    }

    [Fact]
    public void Missing_and_unknown_members_are_refused_by_both()
    {
        var schema = SchemaExport.Export(typeof(Leg));
        foreach (var (json, path) in ((string, string)[])
            [("""{"amount":1,"count":1}""", "$.inner"), ("""{"amount":1,"count":1,"inner":null,"extra":1}""", "$.extra")])
        {
            Assert.Equal(path, _validator.Validate(schema, Encoding.UTF8.GetBytes(json))?.Path);
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Leg>(json, StrictJson.Options));
        }
    }

    [Fact]
    public void Repeated_members_and_bottomless_nesting_are_refused_by_both()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 65)) + string.Concat(Enumerable.Repeat("]", 65));
        foreach (var json in (string[])["""{"amount":1,"amount":2,"count":1,"inner":null}""", deep])
        {
            Assert.Equal("$", _validator.Validate(null, Encoding.UTF8.GetBytes(json))?.Path);
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Leg>(json, StrictJson.Options));
        }
    }

    [Fact]
    public void Simple_types_have_a_schema_too()
    {
        Assert.Null(_validator.Validate(SchemaExport.Export(typeof(string)), "\"x\""u8.ToArray()));
        Assert.Equal("$", _validator.Validate(SchemaExport.Export(typeof(int)), "\"x\""u8.ToArray())?.Path);
        Assert.Equal("$[1]", _validator.Validate(SchemaExport.Export(typeof(int[])), "[1,\"x\"]"u8.ToArray())?.Path);
    }

    [Fact]
    public void A_type_without_a_JSON_form_is_a_clear_mistake() =>
        Assert.Throws<ArgumentException>(() => SchemaExport.Export(typeof(Span<int>)));

    private static byte[] Changed(string place, string value)
    {
        var root = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(Full, StrictJson.Options))!;
        var names = place.Split('/')[1..];
        var node = names[..^1].Aggregate(root, (at, name) => at is JsonArray list ? list[int.Parse(name)]! : at[name]!);
        node[names[^1]] = JsonNode.Parse(value);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    public sealed record Leg(decimal Amount, int? Count, List<Leg>? Inner);

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    public sealed record Circle(int Radius) : Shape;

    public sealed record Square(int Width, int Height) : Shape;

    public sealed record Quote(
        string Symbol,
        Side Side,
        List<Leg> Legs,
        Dictionary<string, int?> Limits,
        string? Note,
        Side? Other,
        DateTimeOffset At,
        DateOnly On,
        TimeOnly Clock,
        TimeSpan Span,
        Guid Id,
        Uri Link,
        byte[] Bytes,
        JsonElement Free,
        long Large,
        double Small,
        bool Flag,
        char Letter,
        Shape Shape);
}
