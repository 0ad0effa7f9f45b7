using System;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.identity</c>: where the root key lies and how long certificates count.</summary>
/// <param name="Directory">Full path of the directory.</param>
/// <param name="RotationInterval">How long one certificate counts, 7 to 30 days.</param>
/// <param name="Overlap">How much longer the old one counts, 1 minute to 24 hours.</param>
internal sealed record IdentitySettings(string Directory, TimeSpan RotationInterval, TimeSpan Overlap)
{
    public static IdentitySettings FromConfig(SectionReader section, ConfigurationPlaces places)
    {
        section.Choice("algorithm", "ed25519");
        var backup = section.Section("backup");
        backup.Choice("target", ["path"], ["pkcs11", "vault"]);
        backup.Choice("encryption", "aes-256-gcm");
        backup.RequireEmpty("path");
        foreach (var name in (string[])["module", "token-label", "pin-file"])
        {
            backup.Section("pkcs11").RequireEmpty(name);
        }

        foreach (var name in (string[])["address", "path", "token-file"])
        {
            backup.Section("vault").RequireEmpty(name);
        }

        return new IdentitySettings(
            places.Resolve(section.Text("path"), places.DefaultIdentityDirectory),
            section.Duration("rotation-interval", TimeSpan.FromDays(7), TimeSpan.FromDays(30)),
            section.Duration("overlap", TimeSpan.FromMinutes(1), TimeSpan.FromHours(24)));
    }
}
