using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MeshActors.Host.Configuration;
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
