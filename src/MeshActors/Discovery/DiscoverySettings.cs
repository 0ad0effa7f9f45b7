using System;
using System.Collections.Immutable;

namespace MeshActors.Discovery;

/// <summary>The <c>mesh.discovery</c> section and what of the rest a record holds.</summary>
/// <param name="Backbones">Where the node registers and asks; none: it knows only whom it is told of.</param>
/// <param name="Region">Where the node is, kebab-case, or null.</param>
/// <param name="Lease">How long registrations last without a beat, 90 s to 7 days.</param>
internal sealed record DiscoverySettings(ImmutableArray<BackboneSettings> Backbones, string? Region, TimeSpan Lease)
{
    /// <summary>Twelve hours: who is away longer has its address given to another.</summary>
    public static readonly TimeSpan DefaultLease = TimeSpan.FromHours(12);

    /// <summary>How long a backbone has to answer a question.</summary>
    public static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(1);

    /// <summary>How long opening tunnel and stream may take.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(6);
}
