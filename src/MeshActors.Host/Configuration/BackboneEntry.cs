using System.Collections.Immutable;
using System.Net;
using MeshActors.Transport.Identity;

namespace MeshActors.Host.Configuration;

/// <summary>One element of <c>mesh.discovery.backbones</c>: a directory this node registers in and asks.</summary>
/// <param name="Name">Its name here, once.</param>
/// <param name="Endpoints">1 to 16 places it may be reached at.</param>
/// <param name="Root">Its root key, or null when the fleet secret admits it.</param>
/// <param name="Publish">Capabilities published there; <c>*</c> is all.</param>
internal sealed record BackboneEntry(
    string Name, ImmutableArray<DnsEndPoint> Endpoints, RootKey? Root, ImmutableArray<string> Publish)
{
    public static BackboneEntry FromConfig(SectionReader section)
    {
        var endpoints = section.List<DnsEndPoint>("endpoints", 16, Configuration.Endpoints.HostForm, Configuration.Endpoints.TryHost);
        section.Require(
            "endpoints", endpoints.Length > 0, "names no endpoint", "1 to 16 of " + Configuration.Endpoints.HostForm);
        return new BackboneEntry(
            section.Value<string>("name", "kebab-case, as home", Words.TryKebab),
            endpoints,
            section.Value<RootKey?>("root", RootKeys.Form + ", or nothing", RootKeys.TryOptional),
            section.List<string>("publish", 256, "capability names, or \"*\"", TryPublished));
    }

    private static bool TryPublished(string text, out string value) => (value = text) == "*" || Words.TryKebab(text, out value);
}
