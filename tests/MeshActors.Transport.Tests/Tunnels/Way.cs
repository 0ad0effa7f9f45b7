using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>One way between two nodes: what each calls the other on it, and how long it takes.</summary>
internal sealed class Way(UdpEndpoint one, UdpEndpoint two, int delayMs)
{
    /// <summary>What the second node calls the first on this way.</summary>
    public UdpEndpoint One { get; set; } = one;

    /// <summary>What the first node calls the second on this way.</summary>
    public UdpEndpoint Two { get; } = two;

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(delayMs);

    public bool CarriesToTwo { get; set; } = true;

    public bool CarriesToOne { get; set; } = true;

    /// <summary>Bytes of the largest datagram that passes.</summary>
    public int MostBytes { get; set; } = int.MaxValue;

    public long Datagrams { get; set; }

    public void Cut() => (CarriesToOne, CarriesToTwo) = (false, false);

    public void Mend() => (CarriesToOne, CarriesToTwo) = (true, true);
}
