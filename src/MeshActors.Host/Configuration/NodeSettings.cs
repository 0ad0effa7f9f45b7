using System;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.node</c>: who the node is for people, and what it does.</summary>
/// <param name="Id">Name for people; the machine's name when none is given.</param>
/// <param name="Realm">Address space, 0 to 65,533.</param>
/// <param name="Roles">What it does, each role once.</param>
/// <param name="Region">Region it says it is in, or empty.</param>
internal sealed record NodeSettings(string Id, ushort Realm, ImmutableArray<NodeRole> Roles, string Region)
{
    private const string Supported = "agent, backbone, relay, each once, at least one";

    public bool Has(NodeRole role) => Roles.Contains(role);

    public static NodeSettings FromConfig(SectionReader section)
    {
        section.Choice("address-format", "48bit");
        var roles = section.List<NodeRole>("roles", 4, "agent, backbone, relay, hub", TryRole);
        section.Require(
            "roles",
            !roles.Contains(NodeRole.Hub),
            "asks for hub, which is not supported in this version",
            Supported);
        section.Require("roles", roles.Length > 0 && roles.Distinct().Count() == roles.Length, "is no set of roles", Supported);
        var id = section.Name("id");
        return new NodeSettings(
            id.Length > 0 ? id : Environment.MachineName,
            (ushort)section.Integer("realm", 0, MeshAddress.MaxRealm),
            roles,
            section.Value<string>("region", "kebab-case, as eu-west, or nothing", TryRegion));
    }

    private static bool TryRegion(string text, out string region) => text.Length == 0 | Words.TryKebab(text, out region);

    private static bool TryRole(string text, out NodeRole role)
    {
        (var known, role) = text switch
        {
            "agent" => (true, NodeRole.Agent),
            "backbone" => (true, NodeRole.Backbone),
            "relay" => (true, NodeRole.Relay),
            "hub" => (true, NodeRole.Hub),
            _ => (false, default),
        };
        return known;
    }
}
