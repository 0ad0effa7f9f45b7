using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Stun;

/// <summary>Tells whoever asks from where it is seen (RFC 8489, section 12); on request also whether other sockets reach it (RFC 5780).</summary>
/// <remarks>
/// <para>Keeps nothing of a question but tokens of its prefix. An answer is never more than 2.2 times as long as its question
/// (an IPv6 endpoint for a bare header: 44 bytes for 20): XOR-MAPPED-ADDRESS always fits, OTHER-ADDRESS and RESPONSE-ORIGIN come
/// as long as there is room.</para>
/// <para>A request with an attribute that must be understood and is not gets a 420, all else that is no BINDING request silence.
/// Credentials are not looked at: the answer is no secret.</para>
/// </remarks>
internal sealed class StunServer
{
    /// <summary>Unknown attributes named in a 420 at most; more do not change what the asker has to do.</summary>
    public const int MaxUnknown = 8;

    private const int UnknownAttributeCode = 420;

    /// <summary>The most that an answer may be longer than its question, in tenths. A 420 always keeps it: at least 24 bytes asked
    /// for its 48, and 4 more for each further type that it names in 2.</summary>
    private const int MostTenths = 22;

    private readonly StunServerEndpoints? _endpoints;
    private readonly bool _takesResponsePort;
    private readonly SourceQuota _quota;

    public StunServer(StunServerSettings settings)
    {
        _endpoints = settings.Endpoints;
        _takesResponsePort = settings.TakesResponsePort || _endpoints is not null;
        _quota = new SourceQuota(settings.PrefixRate, settings.NodeRate);
    }

    /// <summary>Shorter than the phrase that RFC 8489 (section 14.8) recommends: with that a 420 is 56 bytes for a question of 24.</summary>
    private static ReadOnlySpan<byte> UnknownAttributeReason => "Unknown Attr"u8;

    /// <summary>Takes a datagram and writes the answer to it.</summary>
    /// <param name="socket">Which socket it came to.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="datagram">Any bytes.</param>
    /// <param name="now">The present.</param>
    /// <param name="destination">At least 548 bytes.</param>
    /// <param name="answer">What to send, when the verdict is <see cref="StunVerdict.Answered"/>.</param>
    public StunVerdict HandleDatagram(
        StunSocket socket,
        UdpEndpoint from,
        ReadOnlySpan<byte> datagram,
        MonoTime now,
        Span<byte> destination,
        out StunAnswer answer)
    {
        answer = default;
        if (!StunMessage.TryRead(datagram, out var message) || !message.IsFingerprintRightOrAbsent())
        {
            return StunVerdict.Malformed;
        }

        if (message.Type != StunMessageType.BindingRequest)
        {
            return StunVerdict.NoQuestion;
        }

        if (!_quota.TryTake(from, now))
        {
            return StunVerdict.RateLimited;
        }

        Span<ushort> unknown = stackalloc ushort[MaxUnknown];
        unknown = unknown[..FindUnknown(message, unknown)];
        answer = unknown.IsEmpty
            ? Answer(socket, from, message, destination)
            : new StunAnswer(socket, from, Refuse(message.Id, unknown, destination));
        return StunVerdict.Answered;
    }

    private static int Refuse(TransactionId id, ReadOnlySpan<ushort> unknown, Span<byte> destination)
    {
        var writer = new StunWriter(destination, StunMessageType.BindingError, id);
        writer.AddError(UnknownAttributeCode, UnknownAttributeReason);
        writer.AddUnknown(unknown);
        return writer.Length;
    }

    private StunAnswer Answer(StunSocket socket, UdpEndpoint source, StunMessage question, Span<byte> destination)
    {
        var room = question.Size * MostTenths / 10;
        var writer = new StunWriter(destination, StunMessageType.BindingSuccess, question.Id);
        writer.AddEndpoint(StunAttributeType.XorMappedAddress, source);
        var to = _takesResponsePort && question.TryReadResponsePort(out var port) ? source with { Port = port } : source;
        if (_endpoints is null)
        {
            return new StunAnswer(socket, to, writer.Length);
        }

        var leaves = socket;
        if (question.TryReadChange(out var change))
        {
            leaves ^= (change & StunChange.Address) != 0 ? StunSocket.OtherAddress : StunSocket.Primary;
            leaves ^= (change & StunChange.Port) != 0 ? StunSocket.OtherPort : StunSocket.Primary;
        }

        AddWhenItFits(ref writer, StunAttributeType.OtherAddress, _endpoints.At(socket ^ StunSocket.OtherBoth), room);
        AddWhenItFits(ref writer, StunAttributeType.ResponseOrigin, _endpoints.At(leaves), room);
        return new StunAnswer(leaves, to, writer.Length);
    }

    private static void AddWhenItFits(ref StunWriter writer, ushort type, UdpEndpoint endpoint, int room)
    {
        if (writer.Length + 4 + StunAddress.Size(endpoint) <= room)
        {
            writer.AddEndpoint(type, endpoint);
        }
    }

    /// <summary>Collects the types that must be understood and are not; counts the first <see cref="MaxUnknown"/>.</summary>
    private int FindUnknown(StunMessage message, Span<ushort> unknown)
    {
        var count = 0;
        foreach (var attribute in message)
        {
            if (count < unknown.Length
                && StunAttributeType.IsComprehensionRequired(attribute.Type)
                && !StunAttributeType.IsOfRfc8489(attribute.Type)
                && !(_endpoints is not null && StunAttributeType.IsOfRfc5780(attribute.Type))
                && !(_takesResponsePort && attribute.Type == StunAttributeType.ResponsePort))
            {
                unknown[count++] = attribute.Type;
            }
        }

        return count;
    }
}
