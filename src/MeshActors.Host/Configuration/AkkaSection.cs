using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeshActors.Host.Configuration;

/// <summary>The user's section <c>akka</c>: passed on to the ActorSystem, held against what <c>mesh</c> already says.</summary>
internal static class AkkaSection
{
    public const string Path = "akka";

    private const string Transport = "akka.remote.mesh";

    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The section as HOCON with every key and text in quotes; empty when there is none.</summary>
    public static string Write(ConfigValue? akka)
    {
        if (akka is null || akka.Fields.Count == 0)
        {
            return string.Empty;
        }

        var text = new StringBuilder("akka ");
        Write(text, akka);
        return text.ToString();
    }

    /// <summary>Reports keys of <c>akka.remote.mesh</c> that say something else than the key of <c>mesh</c> they are made from, and seed nodes that are none.</summary>
    public static void CheckAgainst(MeshSettings settings, ConfigValue? mesh, ConfigValue? akka, MistakeList mistakes)
    {
        var bind = settings.Networking.Bind;
        Compare("bind-hostname", "networking.bind", text => IPAddress.TryParse(text, out var ip) && ip.Equals(bind.Address));
        Compare("hostname", "networking.bind", text => IPAddress.TryParse(text, out var ip) && ip.Equals(bind.Address));
        Compare("bind-port", "networking.bind", text => text == Text(bind.Port));
        Compare("port", "networking.bind", text => text == Text(bind.Port));
        Compare("realm", "node.realm", text => text == Text(settings.Node.Realm));
        Compare("max-tunnels", "networking.max-tunnels", text => text == Text(settings.Networking.MaxTunnels));
        Compare("keepalive-interval", "networking.keepalive-interval", text => Same(text, settings.Networking.KeepaliveInterval));
        Compare("handshake-timeout", "networking.handshake-timeout", text => Same(text, settings.Networking.HandshakeTimeout));
        Compare("identity-path", "identity.path", text => text == settings.Identity.Directory);
        Compare("fleet-secret-file", "trust.fleet-secret-file", text => text == settings.Trust.FleetSecretFile);
        SeedNodeList.Check(akka, mistakes);

        void Compare(string name, string meshKey, Func<string, bool> same)
        {
            if (Find(akka, "remote.mesh." + name) is { Kind: ConfigKind.Text } theirs
                && Find(mesh, meshKey) is { Kind: ConfigKind.Text } ours
                && !same(theirs.Text))
            {
                mistakes.Add(
                    theirs.Origin,
                    $"{Transport}.{name}",
                    theirs.Show(),
                    $"differs from mesh.{meshKey} in line {ours.Origin.Line}",
                    $"{ours.Show()}, or the key left out");
            }
        }
    }

    /// <summary>The value at a path below a section, or null.</summary>
    public static ConfigValue? Find(ConfigValue? section, string path) => path.Split('.').Aggregate(
        section, (current, name) => current?.Field(name));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool Same(string text, TimeSpan duration) => Durations.TryParse(text, out var theirs) && theirs == duration;

    private static void Write(StringBuilder text, ConfigValue value)
    {
        switch (value.Kind)
        {
            case ConfigKind.Section:
                text.Append("{\n");
                foreach (var (name, field) in value.Fields)
                {
                    text.Append(JsonSerializer.Serialize(name, Quoting)).Append(" : ");
                    Write(text, field);
                    text.Append('\n');
                }

                text.Append('}');
                break;
            case ConfigKind.List:
                text.Append('[');
                for (var index = 0; index < value.Items.Count; index++)
                {
                    text.Append(index == 0 ? string.Empty : ", ");
                    Write(text, value.Items[index]);
                }

                text.Append(']');
                break;
            case ConfigKind.Null:
                text.Append("null");
                break;
            default:
                text.Append(JsonSerializer.Serialize(value.Text, Quoting));
                break;
        }
    }
}
