using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tests.Stun;

/// <summary>A NAT of RFC 4787 as plain as it goes: who is mapped to what, and whom that was sent to.</summary>
internal sealed class SmallNat(EndpointDependence mapping, EndpointDependence filtering, Func<UdpEndpoint, int, ushort> port)
{
    private readonly Dictionary<(UdpEndpoint Inside, UdpEndpoint Part), UdpEndpoint> _public = [];
    private readonly Dictionary<UdpEndpoint, (UdpEndpoint Inside, HashSet<UdpEndpoint> Sent, MonoTime Used)> _mappings = [];

    public UdpEndpoint Address { get; } = new(UdpEndpoint.MappedPrefix | 0xCB00_7101, 1);

    public bool TurnsBack { get; init; } = true;

    public TimeSpan Expiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Mappings made.</summary>
    public int Made { get; private set; }

    public UdpEndpoint Out(UdpEndpoint inside, UdpEndpoint to, MonoTime now)
    {
        var key = (inside, Part(mapping, to));
        if (!_public.TryGetValue(key, out var outside) || now - _mappings[outside].Used > Expiry)
        {
            outside = Address with { Port = port(inside, Made++) };
            while (_mappings.ContainsKey(outside))
            {
                outside = outside with { Port = (ushort)(outside.Port + 1) };
            }

            _public[key] = outside;
            _mappings[outside] = (inside, [], now);
        }

        _mappings[outside].Sent.Add(Part(filtering, to));
        _mappings[outside] = _mappings[outside] with { Used = now };
        return outside;
    }

    public UdpEndpoint? In(UdpEndpoint outside, UdpEndpoint source, MonoTime now) =>
        _mappings.TryGetValue(outside, out var found) && now - found.Used <= Expiry
        && found.Sent.Contains(Part(filtering, source))
            ? found.Inside
            : null;

    private static UdpEndpoint Part(EndpointDependence dependence, UdpEndpoint remote) => dependence switch
    {
        EndpointDependence.EndpointIndependent => default,
        EndpointDependence.AddressDependent => remote with { Port = 0 },
        _ => remote,
    };
}
