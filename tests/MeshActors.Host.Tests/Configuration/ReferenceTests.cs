using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MeshActors.Host.Configuration;
using MeshActors.Host.Roles;
using MeshActors.Hosting;
using Xunit;

namespace MeshActors.Host.Tests.Configuration;

public sealed class ReferenceTests
{
    private static string Example => Path.Combine(Repository.Root, "hocon", "mesh-agent-config.conf");

    [Fact]
    public void An_empty_file_is_a_node_with_all_defaults()
    {
        var settings = Checked.Text(string.Empty).Configuration!.Mesh;

        Assert.Equal(NodeRole.Agent, Assert.Single(settings.Node.Roles));
        Assert.Equal(TimeSpan.FromDays(14), settings.Identity.RotationInterval);
        Assert.Equal(256, settings.Networking.MaxTunnels);
        Assert.Equal("127.0.0.1:7480", settings.Api.Bind!.ToString());
        Assert.Equal(TimeSpan.FromSeconds(45), settings.Discovery.CacheTtl);
        Assert.True(settings.Networking.PortMapping);
        Assert.True(settings.Networking.Punching);
        Assert.Null(settings.Relay.WebSocketBind);
    }

    [Fact]
    public void What_is_said_of_relays_and_nats_reaches_the_options_of_each_role()
    {
        var settings = Checked.Text(
            """
            mesh {
              networking {
                relays = [
                  { endpoints = ["relay.example:7444", "[2001:db8::1]:7444"], websocket = "wss://relay.example/mesh" }
                  { endpoints = ["192.0.2.1:7444"] }
                ]
                port-mapping = off
                punching = off
              }
              relay.websocket-bind = "127.0.0.1:8443"
            }
            """).Configuration!.Mesh;
        var (agent, relay, backbone) = (new MeshOptions(), new MeshOptions(), new MeshOptions());
        NodeOptions.FillAgent(agent, settings, new());
        NodeOptions.FillRelay(relay, settings, new());
        NodeOptions.FillBackbone(backbone, settings, new());
        var unsaid = new MeshOptions();
        NodeOptions.FillAgent(unsaid, Checked.Text(string.Empty).Configuration!.Mesh, new());

        Assert.Equal(["relay.example:7444", "[2001:db8::1]:7444"], agent.Relays[0].Endpoints);
        Assert.Equal([new Uri("wss://relay.example/mesh"), null], agent.Relays.Select(entry => entry.WebSocket));
        Assert.False(agent.PortMapping);
        Assert.False(agent.Punching);
        Assert.Empty(agent.RelayWebSocketBind);
        Assert.Equal("127.0.0.1:8443", relay.RelayWebSocketBind);
        Assert.True(unsaid.PortMapping);
        Assert.True(unsaid.Punching);
        Assert.False(relay.PortMapping);
        Assert.False(backbone.PortMapping);
    }

    [Fact]
    public void The_full_example_is_right_and_holds_every_key_of_the_reference()
    {
        var mistakes = new MistakeList();
        var example = ConfigurationFiles.Read(Example, name => name == "MESH_FLEET_SECRET_FILE" ? "x" : null, mistakes);

        Assert.NotNull(ConfigurationLoader.Load(Example, _ => null, mistakes));
        Assert.Empty(mistakes.InOrder());
        Assert.Empty(Keys(ConfigurationLoader.Reference().Fields["mesh"]).Except(Keys(example.Fields["mesh"])));
    }

    [Fact]
    public void Every_key_of_the_reference_has_a_comment_above_it()
    {
        var lines = File.ReadAllLines(Path.Combine(
            Repository.Root, "src", "MeshActors.Host", "Configuration", "mesh.reference.conf"));
        for (var i = 1; i < lines.Length && !lines[i].StartsWith("elements", StringComparison.Ordinal); i++)
        {
            if (lines[i].Contains('=', StringComparison.Ordinal) && !lines[i].TrimStart().StartsWith('#'))
            {
                Assert.True(lines[i - 1].TrimStart().StartsWith('#'), $"line {i + 1} has no comment: {lines[i]}");
            }
        }
    }

    [Fact]
    public void Akkas_section_reaches_its_parser_with_every_sign_in_place()
    {
        var read = Checked.Text(
            """"
            akka {
              actor.deployment { "/a b/*" { router = round-robin-pool, nr-of-instances = 5 } }
              loggers = ["Akka.Event.DefaultLogger, Akka"]
              stdout-loglevel = off
              odd = "quote \" backslash \\ dollar ${x} tab \t ü # no comment"
              lines = """one
            two"""
              nothing = null
            }
            """");

        Assert.Empty(read.Lines);
        var akka = Akka.Configuration.ConfigurationFactory.ParseString(read.Configuration!.Akka).GetConfig("akka");
        Assert.Equal(5, akka.GetConfig("actor.deployment").Root.GetObject().GetKey("/a b/*").GetObject().GetKey("nr-of-instances").GetInt());
        Assert.Equal(["Akka.Event.DefaultLogger, Akka"], akka.GetStringList("loggers"));
        Assert.False(akka.GetBoolean("stdout-loglevel"));
        Assert.Equal("quote \" backslash \\ dollar ${x} tab \t ü # no comment", akka.GetString("odd"));
        Assert.Equal("one\ntwo", akka.GetString("lines").ReplaceLineEndings("\n"));
    }

    private static IEnumerable<string> Keys(ConfigValue section, string path = "mesh") => section.Fields.SelectMany(
        field => field.Value.Kind == ConfigKind.Section && field.Value.Fields.Count > 0
            ? Keys(field.Value, path + "." + field.Key)
            : [path + "." + field.Key]);
}
