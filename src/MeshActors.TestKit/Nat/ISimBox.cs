using System;
using System.Collections.Generic;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>A box that packets pass on their way: inside are some hosts or further boxes, outside is the rest of the world.</summary>
/// <remarks>Plain machines: time is an argument, chance comes from a seed, no order of a hash table reaches the outside.</remarks>
internal interface ISimBox
{
    /// <summary>Addresses of its own, to which the outside sends.</summary>
    IReadOnlyList<UInt128> OutsideAddresses { get; }

    /// <summary>Whether the outside sends to this inside address as it is.</summary>
    bool Shows(UInt128 insideAddress);

    /// <summary>Takes a packet from inside and changes its endpoints.</summary>
    BoxVerdict HandleOutbound(ref SimPacket packet, MonoTime now);

    /// <summary>Takes a packet from outside and changes its endpoints.</summary>
    BoxVerdict HandleInbound(ref SimPacket packet, MonoTime now);

    /// <summary>Loses all it knows of packets before, as a device that was switched off and on.</summary>
    void Restart();
}
