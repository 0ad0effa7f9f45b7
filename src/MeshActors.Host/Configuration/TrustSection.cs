using System.Collections.Immutable;
using MeshActors.Transport.Files;
using MeshActors.Transport.Identity;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.trust</c>: whom the node admits.</summary>
/// <param name="FleetSecretFile">Full path of the file with the fleet secret, or null; it can be read and holds one.</param>
/// <param name="PinnedRoots">Roots admitted without the secret.</param>
internal sealed record TrustSection(string? FleetSecretFile, ImmutableArray<RootKey> PinnedRoots)
{
    private const string SecretForm = "a file of mode 0600 with one line, mesh-fleet-1-...";

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
            var problem = ProblemOf(path);
            section.Require("fleet-secret-file", problem is null, problem ?? string.Empty, SecretForm);
        }

        return new TrustSection(path, section.List<RootKey>("pinned-roots", 64, RootKeys.Form, RootKeys.TryRead));
    }

    private static string? ProblemOf(string path)
    {
        try
        {
            SecretFile.Load(path).Dispose();
            return null;
        }
        catch (KeyFileException exception)
        {
            return $"cannot be used ({exception.Message.TrimEnd('.')})";
        }
    }
}
