using System;

namespace MeshActors.Transport.Crypto;

/// <summary>One slot of a <see cref="SessionKeySlab"/>; wiped and given back when disposed, unusable from then on.</summary>
internal sealed unsafe class KeySlot : IDisposable
{
    private readonly SessionKeySlab _slab;
    private byte* _memory;

    internal KeySlot(SessionKeySlab slab, byte* memory)
    {
        _slab = slab;
        _memory = memory;
    }

    /// <summary>All <see cref="SessionKeySlab.SlotSize"/> bytes.</summary>
    public Span<byte> Bytes => new(Memory, SessionKeySlab.SlotSize);

    /// <summary>The first byte, aligned to the slot's size.</summary>
    internal byte* Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return _memory;
        }
    }

    public void Dispose()
    {
        if (_memory is null)
        {
            return;
        }

        var memory = _memory;
        _memory = null;
        _slab.Return(memory);
    }
}
