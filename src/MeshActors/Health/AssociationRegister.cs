using System;
using System.Collections.Generic;
using System.Linq;
using Akka.Actor;
using MeshActors.Transport.Time;

namespace MeshActors.Health;

/// <summary>Which addresses Akka does not talk to for now: gated after a failure, or quarantined.</summary>
/// <remarks>At <see cref="Most"/> addresses the one that failed longest ago is forgotten.</remarks>
internal sealed class AssociationRegister
{
    /// <summary>Addresses remembered at most, of each kind.</summary>
    public const int Most = 1_024;

    private readonly TimeSpan _gate;
    private readonly Dictionary<Address, MonoTime> _lost = [];
    private readonly Dictionary<Address, MonoTime> _quarantined = [];

    /// <param name="gate">How long Akka closes its gate: <c>akka.remote.retry-gate-closed-for</c>.</param>
    public AssociationRegister(TimeSpan gate)
    {
        _gate = gate;
    }

    /// <summary>An association is there: the address is talked to.</summary>
    public void HandleUp(Address address)
    {
        _lost.Remove(address);
        _quarantined.Remove(address);
    }

    /// <summary>An association was lost, or an attempt failed.</summary>
    public void HandleLost(Address address, MonoTime now) => Add(_lost, address, now);

    /// <summary>Akka refuses the system that was at an address.</summary>
    public void HandleQuarantined(Address address, MonoTime now) => Add(_quarantined, address, now);

    /// <summary>Addresses whose gate is closed, in the order of their text.</summary>
    public IReadOnlyList<Address> Gated(MonoTime now) =>
        [.. _lost.Where(lost => now - lost.Value < _gate).Select(lost => lost.Key).OrderBy(Text, StringComparer.Ordinal)];

    /// <summary>Addresses at which a system is refused and no other has taken its place, in the order of their text.</summary>
    public IReadOnlyList<Address> Quarantined => [.. _quarantined.Keys.OrderBy(Text, StringComparer.Ordinal)];

    private static string Text(Address address) => address.ToString();

    private static void Add(Dictionary<Address, MonoTime> addresses, Address address, MonoTime now)
    {
        if (!addresses.ContainsKey(address) && addresses.Count >= Most)
        {
            addresses.Remove(addresses.MinBy(known => known.Value).Key);
        }

        addresses[address] = now;
    }
}
