using MeshActors.Transport.Identity;

namespace MeshActors.Host.Configuration;

/// <summary>Root keys as settings write them.</summary>
internal static class RootKeys
{
    public const string Form = "a root key in base32, 52 characters of a-z and 2-7";

    public static bool TryRead(string text, out RootKey key) => RootKey.TryParse(text, out key);

    /// <summary>As <see cref="TryRead"/>; nothing is no key.</summary>
    public static bool TryOptional(string text, out RootKey? key)
    {
        key = RootKey.TryParse(text, out var read) ? read : null;
        return key is not null || text.Length == 0;
    }
}
