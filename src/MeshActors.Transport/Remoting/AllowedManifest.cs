using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MeshActors.Transport.Remoting;

/// <summary>One entry of <c>allowed-manifests</c>: a manifest, the beginning of one with <c>*</c>, or <c>serializer:ID</c> for all that a serializer writes.</summary>
internal sealed class AllowedManifest
{
    private const string SerializerPrefix = "serializer:";
    private const int LongestText = 1_024;

    private readonly byte[] _text;
    private readonly bool _isPrefix;
    private readonly int? _serializer;

    private AllowedManifest(string text, bool isPrefix, int? serializer)
    {
        _text = Encoding.UTF8.GetBytes(text);
        _isPrefix = isPrefix;
        _serializer = serializer;
    }

    /// <summary>Reads an entry: 1 to 1,024 characters, <c>*</c> at the end alone, ids as Akka's serializers have them.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out AllowedManifest? allowed)
    {
        allowed = null;
        if (text.StartsWith(SerializerPrefix, StringComparison.Ordinal))
        {
            if (int.TryParse(text.AsSpan(SerializerPrefix.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
            {
                allowed = new AllowedManifest(string.Empty, isPrefix: true, id);
            }

            return allowed is not null;
        }

        var isPrefix = text.EndsWith('*');
        var literal = isPrefix ? text[..^1] : text;
        if (literal.Length is 0 or > LongestText || literal.Contains('*', StringComparison.Ordinal))
        {
            return false;
        }

        allowed = new AllowedManifest(literal, isPrefix, serializer: null);
        return true;
    }

    /// <summary>Whether a message is of this kind.</summary>
    /// <param name="serializer">Number of its serializer.</param>
    /// <param name="manifest">Its manifest; empty when the serializer writes none, which only <c>serializer:ID</c> allows.</param>
    public bool Matches(int serializer, ReadOnlySpan<byte> manifest) =>
        _serializer is { } id ? id == serializer
        : _isPrefix ? manifest.StartsWith(_text)
        : manifest.SequenceEqual(_text);
}
