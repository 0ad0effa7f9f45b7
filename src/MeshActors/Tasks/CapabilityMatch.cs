using System;
using MeshActors.Capabilities;
using MeshActors.Transport.Addressing;

namespace MeshActors.Tasks;

/// <summary>A node that offers what was asked for.</summary>
/// <param name="Address">Who.</param>
/// <param name="Capability">What it offers.</param>
/// <param name="Region">Where it says it is; empty when it says nothing.</param>
/// <param name="Uptime">Share of its beats that the directory saw, 0 to 1.</param>
/// <param name="Latency">Measured round-trip time; null when no tunnel to it has been open.</param>
public sealed record CapabilityMatch(
    MeshAddress Address, CapabilityDescriptor Capability, string Region, double Uptime, TimeSpan? Latency);
