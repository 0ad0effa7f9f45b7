using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;

namespace MeshActors.TestKit.Nat;

/// <summary>What a box between a host and the internet is like: enough to build it, and to reason about it.</summary>
internal interface IBoxSettings
{
    /// <summary>What it does to UDP, for those who reason.</summary>
    /// <param name="overIPv4">Whether packets are IPv4 on the side of the internet.</param>
    /// <returns>Null when no such packets pass.</returns>
    BoxBehaviour? Behaviour(bool overIPv4);

    /// <summary>How many addresses of its own it has outside.</summary>
    int OutsideAddresses { get; }

    /// <param name="outside">Its addresses, as many as it has.</param>
    /// <param name="random">Chance of its own.</param>
    ISimBox Build(IReadOnlyList<UInt128> outside, SimRandom random);
}
