using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>The leases of a relay, by number and by address of their owner.</summary>
/// <remarks>A number is a place in a table and, above it, random bits: what is left over from a lease before misses the one in its place.</remarks>
internal sealed class RelayLeases : IDisposable
{
    /// <summary>Places that there are.</summary>
    public const int MostLeases = 1 << PlaceBits;

    private const int PlaceBits = 14;

    private readonly RelaySettings _settings;
    private readonly SessionKeySlab _slab;
    private readonly IRandomSource _random;
    private readonly List<RelayLease?> _places = [];
    private readonly Stack<int> _free = new();
    private readonly Dictionary<MeshAddress, RelayLease> _byOwner = [];
    private readonly Deadlines<RelayLease> _deadlines = new();

    public RelayLeases(RelaySettings settings, SessionKeySlab slab, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.MaxLeases, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.MaxLeases, MostLeases);
        _settings = settings;
        _slab = slab;
        _random = random;
    }

    public int Count => _byOwner.Count;

    /// <summary>False when all places are taken.</summary>
    public bool HasRoom => Count < _settings.MaxLeases;

    /// <summary>When the next lease may be over; it may have been prolonged since.</summary>
    public MonoTime? NextTimeout => _deadlines.Next;

    /// <summary>All of them.</summary>
    public IEnumerable<RelayLease> All => _byOwner.Values;

    public RelayLease? Find(uint number)
    {
        var place = (int)(number & (MostLeases - 1));
        return place < _places.Count && _places[place] is { } lease && lease.Number == number ? lease : null;
    }

    public RelayLease? Find(MeshAddress owner) => _byOwner.GetValueOrDefault(owner);

    /// <summary>Makes a lease; only when there is room and the owner has none.</summary>
    public RelayLease Grant(RelayApplicant applicant, RelayLeaseFrame request, RelayWay? way, MonoTime now)
    {
        var place = _free.TryPop(out var free) ? free : _places.Count;
        if (place == _places.Count)
        {
            _places.Add(null);
        }

        Span<byte> keys = stackalloc byte[2 * RelayLeasedFrame.KeySize];
        _random.Fill(keys);
        var number = ((uint)(_random.NextUInt64() & uint.MaxValue) & ~(uint)(MostLeases - 1)) | (uint)place;
        var lease = new RelayLease(
            number,
            request.Attempt,
            request.Forwards,
            applicant.Address,
            applicant.Root,
            new RelayKeys(_slab, keys, isRelay: true),
            request.Forwards ? _settings.RelayRate : _settings.ClientRate,
            way,
            now);
        keys.Clear();
        _places[place] = lease;
        _byOwner.Add(lease.Owner, lease);
        Prolong(lease, now);
        _deadlines.Set(lease, lease.ExpiresAt);
        return lease;
    }

    /// <summary>Something of the client verified. Costs a store: the heap learns of it when the deadline it knows is over.</summary>
    public void Prolong(RelayLease lease, MonoTime now) => lease.ExpiresAt = now + _settings.Lifetime;

    /// <summary>Hands out the next lease that is over, for the caller to close.</summary>
    public bool TryTakeExpired(MonoTime now, out RelayLease lease)
    {
        while (_deadlines.TryTakeDue(now, out lease))
        {
            if (lease.ExpiresAt <= now)
            {
                return true;
            }

            _deadlines.Set(lease, lease.ExpiresAt);
        }

        return false;
    }

    /// <summary>Forgets a lease and wipes its keys.</summary>
    public void Close(RelayLease lease)
    {
        var place = (int)(lease.Number & (MostLeases - 1));
        _places[place] = null;
        _free.Push(place);
        _byOwner.Remove(lease.Owner);
        _deadlines.Set(lease, null);
        lease.Keys.Dispose();
    }

    public void Dispose()
    {
        foreach (var lease in _byOwner.Values)
        {
            lease.Keys.Dispose();
        }

        _byOwner.Clear();
    }
}
