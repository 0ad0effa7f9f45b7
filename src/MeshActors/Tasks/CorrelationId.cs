using System;

namespace MeshActors.Tasks;

/// <summary>The rules of the correlation id <c>x-mesh-trace-id</c>.</summary>
internal static class CorrelationId
{
    /// <summary>Characters; what is longer is no id.</summary>
    public const int MaxLength = 128;

    /// <summary>True for 1 to <see cref="MaxLength"/> visible ASCII characters.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLength && text.IndexOfAnyExceptInRange('!', '~') < 0;
}
