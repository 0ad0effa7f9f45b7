using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>A box that translates nothing: it lets in what answers packets from inside, or no UDP at all.</summary>
internal sealed class SimFirewall : ISimBox
{
    /// <summary>Pairs of inside and remote endpoint remembered at most; beyond it those that have ended go first, then all.</summary>
    private const int MostPermissions = 65_536;

    private readonly FirewallSettings _settings;
    private readonly Dictionary<(UdpEndpoint Inside, UdpEndpoint Remote), MonoTime> _permissions = [];

    public SimFirewall(FirewallSettings settings)
    {
        _settings = settings;
        BlocksUdp = settings.BlocksUdp;
    }

    /// <summary>Whether no UDP passes, from now on.</summary>
    public bool BlocksUdp { get; set; }

    public IReadOnlyList<UInt128> OutsideAddresses => [];

    public bool Shows(UInt128 insideAddress) => true;

    public BoxVerdict HandleOutbound(ref SimPacket packet, MonoTime now)
    {
        if (BlocksUdp)
        {
            return BoxVerdict.Blocked;
        }

        Permit((packet.From, _settings.Filtering.PartOf(packet.To)), now);
        return BoxVerdict.Pass;
    }

    public BoxVerdict HandleInbound(ref SimPacket packet, MonoTime now)
    {
        if (BlocksUdp)
        {
            return BoxVerdict.Blocked;
        }

        if (_settings.Filtering == NatDependence.EndpointIndependent)
        {
            return BoxVerdict.Pass;
        }

        var key = (packet.To, _settings.Filtering.PartOf(packet.From));
        if (!_permissions.TryGetValue(key, out var at) || at < now - _settings.Expiry)
        {
            return BoxVerdict.Filtered;
        }

        if (_settings.RefreshedByInbound)
        {
            _permissions[key] = now;
        }

        return BoxVerdict.Pass;
    }

    public void Restart() => _permissions.Clear();

    private void Permit((UdpEndpoint Inside, UdpEndpoint Remote) key, MonoTime now)
    {
        if (_permissions.Count >= MostPermissions && !_permissions.ContainsKey(key))
        {
            foreach (var (old, at) in _permissions)
            {
                if (at < now - _settings.Expiry)
                {
                    _permissions.Remove(old);
                }
            }

            if (_permissions.Count >= MostPermissions)
            {
                _permissions.Clear();
            }
        }

        _permissions[key] = now;
    }
}
