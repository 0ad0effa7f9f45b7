using System.Collections.Immutable;
using MeshActors.Transport.Identity;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.trust</c>: whom the node admits.</summary>
/// <param name="FleetSecretFile">Full path of the file with the fleet secret, or null; it can be read and holds one.</param>
/// <param name="PinnedRoots">Roots admitted without the secret.</param>
internal sealed record TrustSection(string? FleetSecretFile, ImmutableArray<RootKey> PinnedRoots)
{
    /// <summary>Says whom to let in, so that the node may be bound to an address others reach.</summary>
    public bool IsSaid => FleetSecretFile is not null || !PinnedRoots.IsEmpty;

    public static TrustSection FromConfig(SectionReader section, ConfigurationPlaces places)
    {
        section.RequireEmpty("fleet-root");
        section.RequireEmpty("policies");
        var file = section.Text("fleet-secret-file");
        var path = file.Length == 0 ? null : places.Resolve(file, file);
        if (path is not null)
        {
            var problem = SecretFile.Problem(path);
            section.Require("fleet-secret-file", problem is null, problem ?? string.Empty, SecretFile.Form);
        }

        return new TrustSection(path, section.List<RootKey>("pinned-roots", 64, RootKeys.Form, RootKeys.TryRead));
    }
}
