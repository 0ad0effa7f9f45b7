using System;
using System.Collections.Generic;
using MeshActors.Transport.Crypto;
using Xunit;

namespace MeshActors.Transport.Tests.Crypto;

public sealed class SessionKeySlabTests
{
    [Fact]
    public void A_returned_slot_is_wiped_and_of_no_use()
    {
        using var slab = new SessionKeySlab();
        var slot = slab.Rent();
        slot.Bytes.Fill(0xA5);

        slot.Dispose();
        slot.Dispose();
        using var again = slab.Rent();

        Assert.Equal(1, slab.Rented);
        Assert.Equal(-1, again.Bytes.IndexOfAnyExcept((byte)0));
        Assert.Throws<ObjectDisposedException>(() => slot.Bytes.Length);
    }

    [Fact]
    public void Slots_do_not_overlap()
    {
        using var slab = new SessionKeySlab();
        var slots = new List<KeySlot>();
        for (var number = 0; number < (3 * SessionKeySlab.SlotsPerChunk) + 1; number++)
        {
            slots.Add(slab.Rent());
            slots[^1].Bytes.Fill((byte)(number % 251));
        }

        for (var number = 0; number < slots.Count; number++)
        {
            Assert.Equal(-1, slots[number].Bytes.IndexOfAnyExcept((byte)(number % 251)));
        }

        slots.ForEach(slot => slot.Dispose());
        Assert.Equal(0, slab.Rented);
    }

    [Fact]
    public void Holds_no_more_than_its_bound()
    {
        using var slab = new SessionKeySlab();
        var slots = new List<KeySlot>();
        for (var number = 0; number < SessionKeySlab.MaxSlots; number++)
        {
            slots.Add(slab.Rent());
        }

        Assert.Throws<InsufficientMemoryException>(slab.Rent);

        slots.ForEach(slot => slot.Dispose());
        slab.Rent().Dispose();
    }

    [Fact]
    public void Slots_still_rented_outlive_the_slab_and_none_is_rented_after_it()
    {
        var slab = new SessionKeySlab();
        var slot = slab.Rent();

        slab.Dispose();
        slot.Bytes.Fill(1);
        slot.Dispose();

        Assert.Throws<ObjectDisposedException>(slab.Rent);
        Assert.Equal(0, slab.Rented);
    }
}
