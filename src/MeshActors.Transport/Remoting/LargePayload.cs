using System;

namespace MeshActors.Transport.Remoting;

/// <summary>Tells the payloads that may go beside their association: large, for one actor, and nothing that everything else is ordered by.</summary>
internal static class LargePayload
{
    /// <summary>A shorter payload is not large: on a slow path of 10 Mbit/s this many bytes take 52 ms.</summary>
    public const int LeastBytes = 64 * 1024;

    /// <summary>Where actors are deployed from afar: what is sent there creates them, at other paths.</summary>
    private static readonly ulong Deployment = PathHash.Of("/remote"u8);

    /// <summary>What stands for a payload in the order of the association.</summary>
    /// <returns>False when it must go there itself.</returns>
    public static bool TryReference(ReadOnlySpan<byte> payload, out PayloadReference reference)
    {
        reference = default;
        if (payload.Length < LeastBytes)
        {
            return false;
        }

        var address = PayloadAddress.Read(payload);
        if (address is not { Kind: PayloadKind.User, HasAcknowledgement: false } || KeyOf(address) is not { } recipient)
        {
            return false;
        }

        reference = new PayloadReference(recipient);
        return true;
    }

    /// <summary>Whose order a payload for an actor keeps; null when it keeps everybody's.</summary>
    public static ulong? KeyOf(in PayloadAddress address) => address.Hash is { } hash && hash != Deployment ? hash : null;
}
