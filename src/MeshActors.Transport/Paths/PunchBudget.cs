using System;
using System.Collections.Generic;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>How often ports are tried at random: seldom by this node, and seldom at one address, whoever names it.</summary>
/// <remarks>That a relay saw a peer at an address is the peer's own word. So a member that names a victim's address aims two birthdays in ten minutes at it, however many identities it has.</remarks>
internal sealed class PunchBudget
{
    /// <summary>Birthdays at one address within <see cref="Span"/>; a hit makes good for those before.</summary>
    public const int MostAtAddress = 2;

    /// <summary>Addresses remembered; with more than so many in use no further one is aimed at.</summary>
    private const int MostAddresses = 256;

    /// <summary>See <see cref="MostAtAddress"/>.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    /// <summary>Between two birthdays of this node.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>The same after one for which this node's NAT may have had to give out a port for each that was tried: until it has forgotten most of them (RFC 4787, section 4.3).</summary>
    public static readonly TimeSpan UnprovenInterval = TimeSpan.FromMinutes(2);

    private readonly Dictionary<UInt128, (MonoTime Since, int Count)> _byAddress = [];

    /// <summary>When the next birthday may begin.</summary>
    public MonoTime NextAt { get; private set; } = new(long.MinValue / 2);

    /// <summary>Says whether ports of an address may be tried now.</summary>
    public bool Allows(UInt128 address, MonoTime now)
    {
        if (!_byAddress.TryGetValue(address, out var used) || now - used.Since > Span)
        {
            return _byAddress.Count < MostAddresses || Forget(now);
        }

        return used.Count < MostAtAddress;
    }

    /// <summary>A birthday begins.</summary>
    /// <param name="address">Aimed at.</param>
    /// <param name="isUnproven">Whether each port that is tried may take one of this node's own NAT.</param>
    /// <param name="now">The present.</param>
    public void Take(UInt128 address, bool isUnproven, MonoTime now)
    {
        NextAt = now + (isUnproven ? UnprovenInterval : Interval);
        _byAddress[address] = _byAddress.TryGetValue(address, out var used) && now - used.Since <= Span
            ? used with { Count = used.Count + 1 }
            : (now, 1);
    }

    /// <summary>Something of the peer came back from that address.</summary>
    public void HandleHit(UInt128 address) => _byAddress.Remove(address);

    private bool Forget(MonoTime now)
    {
        foreach (var (address, used) in _byAddress)
        {
            if (now - used.Since > Span)
            {
                _byAddress.Remove(address);
            }
        }

        return _byAddress.Count < MostAddresses;
    }
}
