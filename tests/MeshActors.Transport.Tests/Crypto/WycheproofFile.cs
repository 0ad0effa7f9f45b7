using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace MeshActors.Transport.Tests.Crypto;

/// <summary>The cases of one file of Wycheproof, each with its group.</summary>
internal static class WycheproofFile
{
    public static IEnumerable<WycheproofCase> Cases(string name)
    {
        using var document = JsonDocument.Parse(PublishedVectors.Read($"wycheproof/{name}_test.json"));
        var cases = document.RootElement.GetProperty("testGroups").EnumerateArray()
            .SelectMany(group => group.GetProperty("tests").EnumerateArray().Select(test => new WycheproofCase(group.Clone(), test.Clone())))
            .ToList();
        Xunit.Assert.Equal(document.RootElement.GetProperty("numberOfTests").GetInt32(), cases.Count);
        return cases;
    }
}

/// <summary>One case.</summary>
internal sealed record WycheproofCase(JsonElement Group, JsonElement Test)
{
    public int Id => Test.GetProperty("tcId").GetInt32();

    public string Result => Test.GetProperty("result").GetString()!;

    public bool IsValid => Result == "valid";

    public byte[] Bytes(string field) => Convert.FromHexString(Test.GetProperty(field).GetString()!);

    public int GroupNumber(string field) => Group.GetProperty(field).GetInt32();

    public override string ToString() => $"case {Id}: {Test.GetProperty("comment").GetString()}";
}
