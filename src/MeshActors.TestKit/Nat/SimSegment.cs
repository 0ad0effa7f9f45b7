using System;
using System.Collections.Generic;

namespace MeshActors.TestKit.Nat;

/// <summary>Where addresses mean one thing: the public internet, or what lies inside of a box.</summary>
internal sealed class SimSegment
{
    private readonly Dictionary<UInt128, SimPlace> _places = [];

    public SimSegment(SimPlace? gate)
    {
        Gate = gate;
    }

    /// <summary>The box that leads out; null for the public internet.</summary>
    public SimPlace? Gate { get; }

    /// <summary>Who has an address here, or the box behind which somebody has it; null when nobody does.</summary>
    public SimPlace? Find(UInt128 address) => _places.GetValueOrDefault(address);

    /// <summary>Gives an address to a place; boxes that show it make it known further out.</summary>
    /// <exception cref="ArgumentException">Somebody has it.</exception>
    public void Add(UInt128 address, SimPlace place)
    {
        _places.Add(address, place);
        if (Gate is { Box: { } box, Outside: { } outside } && box.Shows(address))
        {
            outside.Add(address, Gate);
        }
    }

    public void Remove(UInt128 address)
    {
        _places.Remove(address);
        if (Gate is { Box: { } box, Outside: { } outside } && box.Shows(address))
        {
            outside.Remove(address);
        }
    }
}
