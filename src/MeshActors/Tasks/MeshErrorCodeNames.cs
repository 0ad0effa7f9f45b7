using System;
using System.Collections.Frozen;
using System.Text.Json;

namespace MeshActors.Tasks;

/// <summary>The names of error codes as the command line and the local API write them.</summary>
public static class MeshErrorCodeNames
{
    private static readonly FrozenDictionary<MeshErrorCode, string> Names = Enum.GetValues<MeshErrorCode>()
        .ToFrozenDictionary(code => code, code => JsonNamingPolicy.KebabCaseLower.ConvertName(code.ToString()));

    /// <summary>The stable name, as <c>no-peers</c>.</summary>
    public static string ToName(this MeshErrorCode code) => Names[code];
}
