using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>All mappings of a NAT, from the one that was refreshed the longest time ago to the last one.</summary>
internal sealed class NatMappings
{
    private readonly NatSettings _settings;
    private readonly IReadOnlyList<UInt128> _addresses;
    private readonly SimRandom _random;
    private readonly PortPool[] _ports;
    private readonly Dictionary<(UdpEndpoint Inside, UdpEndpoint Remote), LinkedListNode<NatMapping>> _byInside = [];
    private readonly Dictionary<UdpEndpoint, LinkedListNode<NatMapping>> _byOutside = [];
    private readonly Dictionary<UInt128, int> _paired = [];
    private readonly LinkedList<NatMapping> _byAge = new();

    public NatMappings(NatSettings settings, IReadOnlyList<UInt128> addresses, SimRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(addresses.Count, settings.Addresses);
        _settings = settings;
        _addresses = addresses;
        _random = random;
        _ports = new PortPool[addresses.Count];
        for (var i = 0; i < _ports.Length; i++)
        {
            _ports[i] = new PortPool(settings.Allocation, random.Split());
        }
    }

    public int Count => _byAge.Count;

    /// <summary>The mapping by which an inside endpoint sends to a remote one; it is made where there is none, and refreshed.</summary>
    /// <returns>Null when no port is free or the NAT is full.</returns>
    public NatMapping? Use(UdpEndpoint inside, UdpEndpoint remote, MonoTime now)
    {
        Expire(now);
        var part = _settings.Mapping.PartOf(remote);
        var node = _byInside.GetValueOrDefault((inside, part)) ?? Make(inside, part);
        if (node is null)
        {
            return null;
        }

        Refresh(node, now);
        node.Value.Permit(_settings.Filtering.PartOf(remote), now);
        return node.Value;
    }

    /// <summary>Lets a packet from outside in.</summary>
    public BoxVerdict Enter(UdpEndpoint outside, UdpEndpoint remote, MonoTime now, out UdpEndpoint inside)
    {
        Expire(now);
        inside = default;
        if (!_byOutside.TryGetValue(outside, out var node))
        {
            return BoxVerdict.NoMapping;
        }

        var part = _settings.Filtering.PartOf(remote);
        if (_settings.Filtering != NatDependence.EndpointIndependent && !node.Value.Admits(part, now - _settings.Expiry))
        {
            return BoxVerdict.Filtered;
        }

        if (_settings.RefreshedByInbound)
        {
            Refresh(node, now);
            node.Value.Permit(part, now);
        }

        inside = node.Value.Inside;
        return BoxVerdict.Pass;
    }

    public void Clear()
    {
        _byInside.Clear();
        _byOutside.Clear();
        _byAge.Clear();
        _paired.Clear();
        foreach (var ports in _ports)
        {
            ports.Clear();
        }
    }

    private LinkedListNode<NatMapping>? Make(UdpEndpoint inside, UdpEndpoint part)
    {
        if (_byAge.Count >= _settings.Capacity)
        {
            if (_settings.Overflow == NatOverflow.NewRefused)
            {
                return null;
            }

            Remove(_byAge.First!);
        }

        var address = AddressFor(inside.Bits);
        if (_ports[address].Take(inside) is not { } port)
        {
            return null;
        }

        var outside = new UdpEndpoint(_addresses[address], port);
        var node = _byAge.AddLast(new NatMapping(inside, outside, part, address));
        _byInside.Add((inside, part), node);
        _byOutside.Add(outside, node);
        return node;
    }

    private int AddressFor(UInt128 inside)
    {
        if (_addresses.Count == 1 || _settings.Pooling == NatPooling.Arbitrary)
        {
            return _random.Below(_addresses.Count);
        }

        if (!_paired.TryGetValue(inside, out var address))
        {
            address = _paired.Count % _addresses.Count;
            _paired.Add(inside, address);
        }

        return address;
    }

    private void Refresh(LinkedListNode<NatMapping> node, MonoTime now)
    {
        node.Value.RefreshedAt = now;
        _byAge.Remove(node);
        _byAge.AddLast(node);
    }

    private void Expire(MonoTime now)
    {
        while (_byAge.First is { } oldest && oldest.Value.RefreshedAt < now - _settings.Expiry)
        {
            Remove(oldest);
        }
    }

    private void Remove(LinkedListNode<NatMapping> node)
    {
        var mapping = node.Value;
        _byAge.Remove(node);
        _byInside.Remove((mapping.Inside, mapping.Remote));
        _byOutside.Remove(mapping.Outside);
        _ports[mapping.Address].Give(mapping.Outside.Port);
    }
}
