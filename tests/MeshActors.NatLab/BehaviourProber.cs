using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using MeshActors.LinkLab.Linux;
using MeshActors.TestKit.Nat;

namespace MeshActors.NatLab;

/// <summary>Finds out how a host's way to the internet maps, filters and numbers, by packets alone, as RFC 5780 describes it (section 4).</summary>
internal sealed class BehaviourProber : IDisposable
{
    /// <summary>First port of servers.</summary>
    public const int ServerPort = 3_478;

    private const int Samples = 8;

    /// <summary>Steps between ports that still count as a row.</summary>
    private const int LargestStep = 16;

    private readonly NetworkNamespace _place;
    private readonly List<LabSocket> _opened = [];
    private readonly LabSocket _first;
    private readonly LabSocket _firstOtherPort;
    private readonly LabSocket _second;
    private readonly LabSocket _third;
    private byte _tag;

    public BehaviourProber(LabInternet internet, NetworkNamespace place)
    {
        _place = place;
        _first = Keep(internet.Serve(LabInternet.Servers[0], ServerPort));
        _firstOtherPort = Keep(internet.Serve(LabInternet.Servers[0], ServerPort + 1));
        _second = Keep(internet.Serve(LabInternet.Servers[1], ServerPort));
        _third = Keep(internet.Serve(LabInternet.Servers[2], ServerPort));
    }

    /// <summary>Measures everything.</summary>
    /// <returns>Null when no UDP gets out.</returns>
    public NatFigures? Measure()
    {
        var socket = Keep(LabSocket.Open(_place));
        if (Ask(socket, _first) is not { } seen)
        {
            return null;
        }

        var mapping = Of(
            seen.Equals(Ask(socket, _firstOtherPort)), seen.Equals(Ask(socket, _second)));
        return new NatFigures(mapping, Filtering(), Ports(), Hairpin());
    }

    public void Dispose()
    {
        foreach (var socket in _opened)
        {
            socket.Dispose();
        }
    }

    /// <summary>A socket that has sent to one endpoint hears from there; does it hear from another port, and from another address?</summary>
    private NatDependence Filtering()
    {
        var socket = Keep(LabSocket.Open(_place));
        var outside = Ask(socket, _first) ?? throw new LinuxCallException("the first server is not heard");
        var otherAddress = Reaches(_third, outside, socket);
        var otherPort = Reaches(_firstOtherPort, outside, socket);
        if (!Reaches(_first, outside, socket))
        {
            throw new LinuxCallException("what answers a packet does not come in");
        }

        return Of(otherPort, otherAddress);
    }

    private PortOrder Ports()
    {
        var pairs = Enumerable.Range(0, Samples).Select(_ =>
        {
            var socket = Keep(LabSocket.Open(_place));
            return (Inside: socket.Local.Port, Outside: Ask(socket, _first)?.Port ?? 0);
        }).ToList();
        if (pairs.All(pair => pair.Inside == pair.Outside))
        {
            return PortOrder.Preserved;
        }

        var steps = pairs.Zip(pairs.Skip(1), (one, next) => next.Outside - one.Outside).Distinct().ToList();
        return steps is [>= 1 and <= LargestStep] ? PortOrder.Sequential : PortOrder.Random;
    }

    private bool Hairpin()
    {
        var (from, to) = (Keep(LabSocket.Open(_place)), Keep(LabSocket.Open(_place)));
        return Ask(to, _first) is { } outside && Reaches(from, outside, to);
    }

    /// <summary>Where a server sees a socket; null when it does not.</summary>
    private IPEndPoint? Ask(LabSocket socket, LabSocket server)
    {
        _tag++;
        return socket.Reach(server.Local, server, _tag);
    }

    private bool Reaches(LabSocket from, IPEndPoint outside, LabSocket to)
    {
        _tag++;
        return from.Reach(outside, to, _tag) is not null;
    }

    private static NatDependence Of(bool sameForPort, bool sameForAddress) =>
        sameForAddress ? NatDependence.EndpointIndependent
        : sameForPort ? NatDependence.AddressDependent
        : NatDependence.AddressAndPortDependent;

    private LabSocket Keep(LabSocket socket)
    {
        _opened.Add(socket);
        return socket;
    }
}
