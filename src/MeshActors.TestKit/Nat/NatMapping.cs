using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>An outside endpoint that stands for an inside one, and who may send to it.</summary>
internal sealed class NatMapping
{
    /// <summary>Remote endpoints remembered at most; a further one is not let in.</summary>
    private const int MostPermissions = 65_536;

    private readonly Dictionary<UdpEndpoint, MonoTime> _permissions = [];

    public NatMapping(UdpEndpoint inside, UdpEndpoint outside, UdpEndpoint remote, int address)
    {
        Inside = inside;
        Outside = outside;
        Remote = remote;
        Address = address;
    }

    public UdpEndpoint Inside { get; }

    public UdpEndpoint Outside { get; }

    /// <summary>The part of the remote endpoint that it was made for.</summary>
    public UdpEndpoint Remote { get; }

    /// <summary>Number of the outside address.</summary>
    public int Address { get; }

    public MonoTime RefreshedAt { get; set; }

    /// <summary>Lets a remote endpoint, or the part of it that the filter looks at, come in.</summary>
    public void Permit(UdpEndpoint remote, MonoTime now)
    {
        if (_permissions.Count < MostPermissions || _permissions.ContainsKey(remote))
        {
            _permissions[remote] = now;
        }
    }

    /// <param name="remote">The part of the endpoint that the filter looks at.</param>
    /// <param name="notBefore">Older permissions have ended.</param>
    public bool Admits(UdpEndpoint remote, MonoTime notBefore) =>
        _permissions.TryGetValue(remote, out var at) && at >= notBefore;
}
