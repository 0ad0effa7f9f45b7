using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;

namespace MeshActors.TestKit.Nat;

/// <summary>A machine with addresses and UDP ports, on which a node or a prober runs.</summary>
internal sealed class SimHost
{
    /// <summary>The first of the dynamic ports (RFC 6335, section 6).</summary>
    private const ushort FirstFree = 49_152;

    private readonly List<(UInt128 Address, SimSegment Segment)> _interfaces = [];
    private readonly HashSet<ushort> _ports = [];
    private ushort _nextFree = FirstFree;

    public SimHost(int number, string name, int site)
    {
        Number = number;
        Place = new SimPlace(name, site);
    }

    /// <summary>Its number, in the order in which hosts were added.</summary>
    public int Number { get; }

    public SimPlace Place { get; }

    /// <summary>Whether programs of a host with IPv6 alone see IPv4 as usual, because the host itself translates (464XLAT, RFC 6877).</summary>
    public bool TranslatesIPv4 { get; init; }

    /// <summary>Its addresses, in the order in which it got them.</summary>
    public IReadOnlyList<(UInt128 Address, SimSegment Segment)> Interfaces => _interfaces;

    /// <summary>Takes an address; of several of a family it sends from the first.</summary>
    public void Attach(UInt128 address, SimSegment segment)
    {
        segment.Add(address, Place);
        _interfaces.Add((address, segment));
    }

    /// <summary>Gives up all addresses: nothing reaches it, and it can send nothing.</summary>
    public void Detach()
    {
        foreach (var (address, segment) in _interfaces)
        {
            segment.Remove(address);
        }

        _interfaces.Clear();
    }

    /// <summary>Opens a UDP port on all its addresses.</summary>
    public void Open(ushort port) => _ports.Add(port);

    /// <summary>Opens a UDP port that is free, as a system gives them out: one after the other from 49,152 on.</summary>
    public ushort OpenAny()
    {
        while (!_ports.Add(_nextFree))
        {
            HandOut();
        }

        var port = _nextFree;
        HandOut();
        return port;
    }

    public void Close(ushort port) => _ports.Remove(port);

    public bool IsOpen(ushort port) => _ports.Contains(port);

    /// <summary>By which address it sends to another one, which it may have to embed in IPv6 first.</summary>
    /// <returns>False when it has none of that family.</returns>
    public bool TryRoute(ref UdpEndpoint to, out UInt128 address, out SimSegment? segment)
    {
        if (TryFind(to.IsIPv4, out address, out segment))
        {
            return true;
        }

        if (!TranslatesIPv4 || !to.IsIPv4)
        {
            return false;
        }

        to = SimNat64.Embed(to);
        return TryFind(isIPv4: false, out address, out segment);
    }

    /// <summary>What programs of the host see of a source.</summary>
    public UdpEndpoint Seen(UdpEndpoint from) =>
        TranslatesIPv4 && SimNat64.TryExtract(from, out var ipv4) ? ipv4 : from;

    private void HandOut() => _nextFree = _nextFree == ushort.MaxValue ? FirstFree : (ushort)(_nextFree + 1);

    private bool TryFind(bool isIPv4, out UInt128 address, out SimSegment? segment)
    {
        foreach (var candidate in _interfaces)
        {
            if (new UdpEndpoint(candidate.Address, 1).IsIPv4 == isIPv4)
            {
                (address, segment) = candidate;
                return true;
            }
        }

        (address, segment) = (default, null);
        return false;
    }
}
