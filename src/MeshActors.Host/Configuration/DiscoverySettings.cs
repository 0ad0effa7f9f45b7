using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.discovery</c>: directories, and how long what they say counts.</summary>
/// <param name="Backbones">At most 16.</param>
/// <param name="RegistrationTtl">How long a registration counts without a beat, 90 s to 7 days.</param>
/// <param name="CacheTtl">How long a peer found is remembered, 30 to 60 s.</param>
internal sealed record DiscoverySettings(
    ImmutableArray<BackboneEntry> Backbones, TimeSpan RegistrationTtl, TimeSpan CacheTtl)
{
    public static DiscoverySettings FromConfig(SectionReader section, ConfigValue element)
    {
        section.Choice("consistency-model", "eventual");
        var backbones = ImmutableArray.CreateBuilder<BackboneEntry>();
        var names = new HashSet<string>();
        foreach (var reader in section.Sections("backbones", 16, element))
        {
            var entry = BackboneEntry.FromConfig(reader);
            reader.Require("name", names.Add(entry.Name), "names two backbones", "each name once");
            backbones.Add(entry);
        }

        return new DiscoverySettings(
            backbones.ToImmutable(),
            section.Duration("registration-ttl", TimeSpan.FromSeconds(90), TimeSpan.FromDays(7)),
            section.Duration("cache-ttl", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60)));
    }
}
