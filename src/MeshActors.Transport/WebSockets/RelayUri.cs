using System;

namespace MeshActors.Transport.WebSockets;

/// <summary>Where a relay takes connections, as settings write it: <c>wss://relay.example/mesh</c>.</summary>
internal static class RelayUri
{
    /// <summary>What it must be, for messages.</summary>
    public const string Form = "wss://HOST[:PORT]/mesh, as wss://relay.example/mesh";

    private const int Longest = 2_048;

    /// <summary>Whether a relay may be connected to there: over TLS, and with nothing in it that a request would carry besides the path.</summary>
    public static bool IsAllowed(Uri uri) =>
        uri is { IsAbsoluteUri: true, Scheme: "wss", Host.Length: > 0, UserInfo: "", Query: "", Fragment: "" } && uri.Port > 0;

    /// <summary>Reads one that is allowed.</summary>
    public static bool TryParse(string text, out Uri? uri)
    {
        uri = text.Length <= Longest && Uri.TryCreate(text, UriKind.Absolute, out var read) && IsAllowed(read) ? read : null;
        return uri is not null;
    }

    /// <summary>As <see cref="TryParse"/>; nothing is nowhere.</summary>
    public static bool TryOptional(string text, out Uri? uri)
    {
        uri = null;
        return text.Length == 0 || TryParse(text, out uri);
    }
}
