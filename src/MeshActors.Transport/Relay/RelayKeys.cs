using System;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Session;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>Keys, numbers and replay window of one lease, at one of its two ends.</summary>
/// <remarks>The keys live in a slot of the slab. A frame is held against the window before its tag is computed and marked only after.</remarks>
internal sealed class RelayKeys : IDisposable
{
    private readonly KeySlot _slot;
    private readonly int _sendOffset;
    private readonly int _receiveOffset;
    private readonly ReplayWindow _window = new();
    private ulong _sent;

    /// <param name="slab">Where the keys live.</param>
    /// <param name="keys">Key to the relay, then key from the relay; copied.</param>
    /// <param name="isRelay">True at the relay, false at the client.</param>
    public RelayKeys(SessionKeySlab slab, ReadOnlySpan<byte> keys, bool isRelay)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, 2 * RelayLeasedFrame.KeySize);
        _slot = slab.Rent();
        keys.CopyTo(_slot.Bytes);
        _sendOffset = isRelay ? RelayLeasedFrame.KeySize : 0;
        _receiveOffset = isRelay ? 0 : RelayLeasedFrame.KeySize;
        if (Blake2bLanes.IsSupported)
        {
            Blake2bLanes.TakeKey(Send, StateOf(_sendOffset));
            Blake2bLanes.TakeKey(Receive, StateOf(_receiveOffset));
        }
    }

    /// <summary>Both keys, to the relay first.</summary>
    public ReadOnlySpan<byte> Both => _slot.Bytes[..(2 * RelayLeasedFrame.KeySize)];

    public ReadOnlySpan<byte> Send => _slot.Bytes.Slice(_sendOffset, RelayLeasedFrame.KeySize);

    public ReadOnlySpan<byte> Receive => _slot.Bytes.Slice(_receiveOffset, RelayLeasedFrame.KeySize);

    /// <summary>The key of <see cref="Send"/> taken in for <see cref="Blake2bLanes"/>, where that is supported.</summary>
    public ReadOnlySpan<byte> SendState => StateOf(_sendOffset);

    /// <inheritdoc cref="SendState"/>
    public ReadOnlySpan<byte> ReceiveState => StateOf(_receiveOffset);

    public ReplayWindow Window => _window;

    /// <summary>Frames sent under the lease.</summary>
    public ulong Sent => _sent;

    /// <summary>Takes the number of the next frame to send; false when all 2^32 are used and the lease is over.</summary>
    public bool TryNext(out uint number)
    {
        number = (uint)(_sent & uint.MaxValue);
        if (_sent > uint.MaxValue)
        {
            return false;
        }

        _sent++;
        return true;
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose() => _slot.Dispose();

    /// <summary>Behind both keys, in the same order.</summary>
    private Span<byte> StateOf(int keyOffset) => _slot.Bytes.Slice(
        (2 * RelayLeasedFrame.KeySize) + (keyOffset / RelayLeasedFrame.KeySize * Blake2bLanes.StateSize), Blake2bLanes.StateSize);
}
