using System;
using System.Collections.Immutable;

namespace MeshActors.Transport.Remoting;

/// <summary>Lets payloads of allowed message types pass to Akka, before any of its serializers sees them.</summary>
/// <remarks>
/// <para>Beside the listed types pass instructions, heartbeats and acknowledgements of Akka.Remote, and what <see cref="AkkaManifests"/> names. A message for a selection is judged by what
/// is inside. Of the question who is there, and its answer, the payload must be allowed, a string or a number, or absent.</para>
/// <para>Outbound messages, journals and Distributed Data on this node are not looked at.</para>
/// </remarks>
internal sealed class ManifestGuard
{
    /// <summary>Entries of the list at most.</summary>
    public const int Most = 1_024;

    private const uint FirstTag = (1 << 3) | 2;

    private readonly ImmutableArray<AllowedManifest> _allowed;

    /// <param name="allowed">1 to 1,024 entries.</param>
    public ManifestGuard(ImmutableArray<AllowedManifest> allowed)
    {
        _allowed = allowed;
    }

    /// <summary>Judges a payload.</summary>
    /// <param name="payload">Any bytes.</param>
    /// <param name="address">What was read of it.</param>
    public ManifestVerdict Judge(ReadOnlySpan<byte> payload, out PayloadAddress address)
    {
        address = PayloadAddress.Read(payload);
        return address.Kind switch
        {
            PayloadKind.Instruction or PayloadKind.Heartbeat or PayloadKind.Acknowledgement => ManifestVerdict.Pass,
            PayloadKind.User => Allows(address) ? ManifestVerdict.Pass : ManifestVerdict.Drop,
            PayloadKind.System => AllowsSystem(address) ? ManifestVerdict.Pass : ManifestVerdict.End,
            _ => ManifestVerdict.End,
        };
    }

    private bool AllowsSystem(in PayloadAddress message) =>
        AkkaManifests.AreSafeForSystem(message.Serializer, message.Manifest) || IsListed(message.Serializer, message.Manifest);

    private bool Allows(in PayloadAddress message)
    {
        if (AkkaManifests.AreSafe(message.Serializer, message.Manifest) || IsListed(message.Serializer, message.Manifest))
        {
            return true;
        }

        return AkkaManifests.AsksWhoIsThere(message.Serializer, message.Manifest) && MayAskWith(message.Content);
    }

    /// <summary>Judges the payload that a question who is there, or its answer, carries.</summary>
    private bool MayAskWith(ReadOnlySpan<byte> content)
    {
        if (!ProtobufFields.TryFindOnce(content, FirstTag, out var payload))
        {
            return false;
        }

        var inner = PayloadMessage.Read(payload);
        return !inner.IsBroken
            && (inner.IsEmpty || inner.Serializer == AkkaManifests.Primitive || IsListed(inner.Serializer, inner.Manifest));
    }

    private bool IsListed(int serializer, ReadOnlySpan<byte> manifest)
    {
        foreach (var allowed in _allowed)
        {
            if (allowed.Matches(serializer, manifest))
            {
                return true;
            }
        }

        return false;
    }
}
