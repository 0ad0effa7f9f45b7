using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>A NAT as RFC 4787 describes them: it maps, filters, forgets, and sends back inside what is meant for its own mappings.</summary>
internal sealed class SimNat : ISimBox
{
    private readonly NatSettings _settings;
    private readonly NatMappings _mappings;

    /// <param name="settings">How it behaves.</param>
    /// <param name="addresses">Its outside addresses, as many as the settings say.</param>
    /// <param name="random">Chance of its own.</param>
    public SimNat(NatSettings settings, IReadOnlyList<UInt128> addresses, SimRandom random)
    {
        _settings = settings;
        _mappings = new NatMappings(settings, addresses, random);
        OutsideAddresses = addresses;
    }

    public IReadOnlyList<UInt128> OutsideAddresses { get; }

    /// <summary>Mappings it holds, those included whose end nothing has noticed yet.</summary>
    public int Mappings => _mappings.Count;

    public bool Shows(UInt128 insideAddress) => false;

    public BoxVerdict HandleOutbound(ref SimPacket packet, MonoTime now)
    {
        var comesBack = IsOwn(packet.To.Bits);
        if (comesBack && _settings.Hairpin == NatHairpin.Off)
        {
            return BoxVerdict.NoHairpin;
        }

        if (_mappings.Use(packet.From, packet.To, now) is not { } mapping)
        {
            return BoxVerdict.NoPort;
        }

        if (!comesBack)
        {
            packet = packet with { From = mapping.Outside };
            return BoxVerdict.Pass;
        }

        var verdict = _mappings.Enter(packet.To, mapping.Outside, now, out var inside);
        if (verdict != BoxVerdict.Pass)
        {
            return verdict;
        }

        packet = packet with
        {
            From = _settings.Hairpin == NatHairpin.InternalSource ? packet.From : mapping.Outside,
            To = inside,
        };
        return BoxVerdict.TurnBack;
    }

    public BoxVerdict HandleInbound(ref SimPacket packet, MonoTime now)
    {
        var verdict = _mappings.Enter(packet.To, packet.From, now, out var inside);
        if (verdict == BoxVerdict.Pass)
        {
            packet = packet with { To = inside };
        }

        return verdict;
    }

    public void Restart() => _mappings.Clear();

    private bool IsOwn(UInt128 address)
    {
        foreach (var own in OutsideAddresses)
        {
            if (own == address)
            {
                return true;
            }
        }

        return false;
    }
}
