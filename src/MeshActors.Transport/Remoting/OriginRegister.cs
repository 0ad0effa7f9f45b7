using System.Collections.Generic;
using Akka.Actor;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>Which authenticated root key holds which Akka address, for as long as an association between the two lives.</summary>
/// <remarks>
/// Akka believes the address a peer names. An admitted peer that names another's would take over its association and get
/// it quarantined, so an address held in an open tunnel of another root key is refused. A process that restarted with
/// another root key answers at the same UDP endpoint, or its old tunnel has failed: then the address is its own. Whom this
/// node dialled by that address holds it in any case. A mesh address is held by the node that has proven it, and no other. Used on the driver loop alone; bounded by the associations there are.
/// </remarks>
internal sealed class OriginRegister
{
    private readonly Dictionary<(string Host, int Port), Holder> _holders = [];
    private readonly (string Host, int Port) _own;

    /// <param name="own">This node's address, which no peer may name.</param>
    public OriginRegister(Address own)
    {
        _own = KeyOf(own);
    }

    /// <summary>Lets an association that the peer dialled have the address it names.</summary>
    /// <returns>False when the address is another's: refuse the association.</returns>
    public bool TryClaim(Address address, AssociationStream association)
    {
        var key = KeyOf(address);
        if (key == _own
            || (MeshAddress.TryParseAkka(address.Host, address.Port, out var named)
                && named != association.Stream.Tunnel.Peer.Address)
            || (_holders.TryGetValue(key, out var holder) && !MayTakeOver(holder.Tunnel, association.Stream.Tunnel)))
        {
            return false;
        }

        Take(key, association);
        return true;
    }

    /// <summary>Gives the address to an association that this node dialled by it.</summary>
    public void Assign(Address address, AssociationStream association) => Take(KeyOf(address), association);

    /// <summary>Forgets the association; the address is free when it was its holder's last.</summary>
    public void Release(Address address, AssociationStream association)
    {
        var key = KeyOf(address);
        if (_holders.TryGetValue(key, out var holder)
            && holder.Associations.Remove(association)
            && holder.Associations.Count == 0)
        {
            _holders.Remove(key);
        }
    }

    private static bool MayTakeOver(MeshTunnel holder, MeshTunnel claimant) =>
        holder.Peer.Root == claimant.Peer.Root
        || holder.State != TunnelState.Open
        || (holder.Statistics.Endpoint is { } endpoint && claimant.Statistics.Endpoint == endpoint);

    private static (string Host, int Port) KeyOf(Address address) => (address.Host ?? string.Empty, address.Port ?? 0);

    private void Take((string Host, int Port) key, AssociationStream association)
    {
        var tunnel = association.Stream.Tunnel;
        if (!_holders.TryGetValue(key, out var holder) || holder.Root != tunnel.Peer.Root)
        {
            holder = new Holder(tunnel.Peer.Root, tunnel);
            _holders[key] = holder;
        }

        holder.Tunnel = tunnel;
        holder.Associations.Add(association);
    }

    private sealed class Holder
    {
        public Holder(RootKey root, MeshTunnel tunnel)
        {
            Root = root;
            Tunnel = tunnel;
        }

        public RootKey Root { get; }

        public MeshTunnel Tunnel { get; set; }

        public HashSet<AssociationStream> Associations { get; } = [];
    }
}
