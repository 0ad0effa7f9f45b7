using System;

namespace MeshActors.TestKit.Simulation;

/// <summary>A link becomes another while packets are on the way.</summary>
/// <param name="At">When, after the start.</param>
/// <param name="Mtu">What it carries from then on, in bytes of a datagram; null leaves it as it is.</param>
/// <param name="IsDown">Whether it loses everything from then on; null leaves it as it is.</param>
internal sealed record SimLinkChange(TimeSpan At, int? Mtu = null, bool? IsDown = null);
