using System;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Session;

/// <summary>Seals and opens the packets of one session on one path (docs/protocol.md 5).</summary>
/// <remarks>
/// Numbers come from the streams' state and go on from session to session; here they must grow, so that none is used twice under a
/// key. After <see cref="MaxPackets"/> packets the session seals nothing more. A packet is held against the replay window before it is opened and marked only after. Allocates nothing per
/// packet. One caller at a time.
/// </remarks>
internal sealed class PacketProtection : IDisposable
{
    /// <summary>Bytes around the frames of a packet.</summary>
    public const int Overhead = PacketHeader.Size + AeadKey.TagSize;

    /// <summary>Packets that a key seals at most; a session is replaced long before.</summary>
    public const ulong MaxPackets = 1ul << 32;

    private readonly SessionKeys _keys;
    private readonly ulong _connectionId;
    private readonly int _keyPhase;
    private readonly uint _pathId;
    private readonly ulong _limit;
    private readonly ReplayWindow _window;
    private ulong _nextToSeal;

    /// <param name="keys">Taken over: wiped when this is disposed.</param>
    /// <param name="connectionId">The one that the peer chose.</param>
    /// <param name="firstExpected">The lowest packet number that the peer can use under these keys.</param>
    /// <param name="keyPhase">0 to <see cref="PacketHeader.MaxKeyPhase"/>, in the packets sent.</param>
    /// <param name="pathId">The path, never used before under these keys; 0 for the first.</param>
    /// <param name="limit">Packets to seal at most, 1 to <see cref="MaxPackets"/>.</param>
    public PacketProtection(
        SessionKeys keys,
        ulong connectionId,
        ulong firstExpected = 0,
        int keyPhase = 0,
        uint pathId = 0,
        ulong limit = MaxPackets)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPackets);
        ArgumentOutOfRangeException.ThrowIfZero(limit);
        ArgumentOutOfRangeException.ThrowIfNegative(keyPhase);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keyPhase, PacketHeader.MaxKeyPhase);
        _keys = keys;
        _connectionId = connectionId;
        _keyPhase = keyPhase;
        _pathId = pathId;
        _limit = limit;
        _window = new ReplayWindow(firstExpected);
    }

    /// <summary>Packets sealed.</summary>
    public ulong Sealed { get; private set; }

    /// <summary>Packets opened.</summary>
    public ulong Opened { get; private set; }

    /// <summary>The highest number opened plus one; the first expected one before that.</summary>
    public ulong NextExpected => _window.Next;

    /// <summary>False when the key is used up: the session has to be replaced.</summary>
    public bool CanSeal => Sealed < _limit;

    /// <summary>Seals a packet in place.</summary>
    /// <param name="packet">Room for <see cref="PacketHeader.Size"/> bytes, then the frames, then room for the tag.</param>
    /// <param name="number">Its number, higher than all before.</param>
    /// <param name="framesLength">Bytes of the frames, at least 1.</param>
    /// <returns>Bytes of the packet, or 0 when <see cref="CanSeal"/> is false.</returns>
    public int Seal(Span<byte> packet, ulong number, int framesLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(framesLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(number, _nextToSeal);
        if (!CanSeal)
        {
            return 0;
        }

        _nextToSeal = number + 1;
        Sealed++;
        PacketHeader.Write(packet, _keyPhase, _connectionId, number);
        var length = Overhead + framesLength;
        _keys.Send.Seal(_pathId, number, packet[..PacketHeader.Size], packet[PacketHeader.Size..length]);
        return length;
    }

    /// <summary>Opens a packet in place.</summary>
    /// <param name="packet">A datagram that may be anything; its content is lost when it is dropped.</param>
    /// <param name="packetNumber">The full packet number, when opened.</param>
    /// <param name="frames">Where in <paramref name="packet"/> the frames stand, when opened.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? TryOpen(Span<byte> packet, out ulong packetNumber, out Range frames)
    {
        packetNumber = 0;
        frames = default;
        if (packet.Length <= Overhead)
        {
            return DropReason.BadLength;
        }

        if (!PacketHeader.TryRead(packet, out _, out _, out var low))
        {
            return DropReason.UnknownType;
        }

        var number = PacketHeader.Reconstruct(_window.Next, low);
        if (number > VarInt.MaxValue)
        {
            return DropReason.AuthenticationFailed;
        }

        if (_window.IsTooOld(number))
        {
            return DropReason.TooOld;
        }

        if (_window.IsSeen(number))
        {
            return DropReason.Replayed;
        }

        if (!_keys.Receive.TryOpen(_pathId, number, packet[..PacketHeader.Size], packet[PacketHeader.Size..]))
        {
            return DropReason.AuthenticationFailed;
        }

        _window.Mark(number);
        Opened++;
        packetNumber = number;
        frames = PacketHeader.Size..(packet.Length - AeadKey.TagSize);
        return null;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose() => _keys.Dispose();
}
