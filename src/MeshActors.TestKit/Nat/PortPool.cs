using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;

namespace MeshActors.TestKit.Nat;

/// <summary>The ports of one outside address: which are taken, and which comes next.</summary>
internal sealed class PortPool
{
    private readonly PortAllocation _allocation;
    private readonly SimRandom _random;
    private readonly HashSet<int> _taken = [];
    private readonly Dictionary<UInt128, int> _blocks = [];
    private int _next;

    public PortPool(PortAllocation allocation, SimRandom random)
    {
        allocation.Check();
        _allocation = allocation;
        _random = random;
        _next = random.Below(allocation.Ports);
    }

    /// <summary>Takes the port of a mapping that an inside endpoint needs.</summary>
    /// <returns>Null when none is free.</returns>
    public ushort? Take(UdpEndpoint inside)
    {
        var port = _allocation.Choice switch
        {
            PortChoice.Preserving => Preserve(inside.Port),
            PortChoice.Sequential => Step(),
            PortChoice.Random => AnyOf(_allocation.First, _allocation.Ports),
            _ => OfBlock(inside.Bits),
        };
        if (port is { } chosen)
        {
            _taken.Add(chosen);
        }

        return (ushort?)port;
    }

    public void Give(ushort port) => _taken.Remove(port);

    /// <summary>Forgets what is taken and who has which block; sequential ports go on where they were.</summary>
    public void Clear()
    {
        _taken.Clear();
        _blocks.Clear();
    }

    private int? Preserve(int port) =>
        FirstFree(port < _allocation.First || port > _allocation.Last ? 0 : port - _allocation.First, 1, _allocation.First, _allocation.Ports);

    private int? Step()
    {
        var port = FirstFree(_next, _allocation.Step, _allocation.First, _allocation.Ports);
        _next = ((port ?? _allocation.First) - _allocation.First + _allocation.Step) % _allocation.Ports;
        return port;
    }

    private int? AnyOf(int first, int count) => FirstFree(_random.Below(count), 1, first, count);

    /// <summary>Blocks are given out in order, and kept until the box is started anew.</summary>
    private int? OfBlock(UInt128 subscriber)
    {
        if (!_blocks.TryGetValue(subscriber, out var block))
        {
            block = _blocks.Count;
            if ((block + 1) * _allocation.BlockSize > _allocation.Ports)
            {
                return null;
            }

            _blocks.Add(subscriber, block);
        }

        return AnyOf(_allocation.First + (block * _allocation.BlockSize), _allocation.BlockSize);
    }

    private int? FirstFree(int from, int step, int first, int count)
    {
        for (var tried = 0; tried < count; tried++)
        {
            var port = first + ((from + (tried * step)) % count);
            if (!_taken.Contains(port))
            {
                return port;
            }
        }

        return null;
    }
}
