using System.Linq;
using MeshActors.Conventions.Tests.Rules;
using MeshActors.Conventions.Tests.Sources;
using Xunit;

namespace MeshActors.Conventions.Tests;

public sealed class LayerTests
{
    [Fact]
    public void Every_folder_imports_only_what_its_layer_may()
    {
        var sources = Repository.Sources("src");
        Assert.NotEmpty(sources);
        Verdict.None(sources.SelectMany(LayerRule.Violations));
    }

    [Theory]
    [InlineData("Wire", "using MeshActors.Transport.Session;", "Wire may not import Session")]
    [InlineData("Crypto", "using X = MeshActors.Transport.Wire.Varint;", "Crypto may not import Wire")]
    [InlineData("Streams", "class A { MeshActors.Transport.Crypto.AeadKey k; }", "Streams may not import Crypto")]
    [InlineData("Tunnels", "using MeshActors.Transport.Files;", "Tunnels may not import Files")]
    [InlineData("Tunnels", "using MeshActors.Transport.Io;", "Tunnels may not import Io")]
    [InlineData("Tunnels", "using System.Net.Sockets; class A { Socket s; }", "Tunnels may not touch System.Net.Sockets")]
    [InlineData("Handshake", "class A { System.IO.File f; }", "Handshake may not touch System.IO")]
    [InlineData("Session", "using System.Threading;", "Session may not touch System.Threading")]
    [InlineData("Streams", "using System.Threading.Tasks;", "Streams may not touch System.Threading.Tasks")]
    [InlineData("Streams", "using System.Threading.Tasks.Sources;", "Streams may not touch System.Threading.Tasks")]
    [InlineData("Io", "using Akka.Actor;", "Io may not touch Akka")]
    [InlineData("Io", "using Google.Protobuf;", "Io may not touch Google.Protobuf")]
    [InlineData("Handshake", "using NSec.Cryptography;", "Handshake may not touch NSec")]
    [InlineData("Pigeons", "class A;", "folder Pigeons is not in the layer table of LayerRule")]
    public void A_planted_import_is_found(string folder, string code, string violation)
    {
        var path = $"src/MeshActors.Transport/{folder}/A.cs";

        Assert.Equal([$"{path}: {violation}"], LayerRule.Violations(new SourceFile(path, code)));
    }

    [Theory]
    [InlineData("MeshActors", "Tasks", "using MeshActors.Transport.Session;", "MeshActors may not look into the transport's Session")]
    [InlineData("MeshActors", "Peers", "using System.Net.Sockets; class A { UdpClient c; }", "MeshActors, Peers may not touch System.Net.Sockets")]
    [InlineData("MeshActors", "Tasks", "using MeshActors.Host.Demo;", "MeshActors, Tasks may not touch MeshActors.Host")]
    [InlineData("MeshActors", "Tasks", "using NJsonSchema;", "MeshActors, Tasks may not touch NJsonSchema")]
    [InlineData("MeshActors.Host", "Api", "using Spectre.Console;", "MeshActors.Host, Api may not touch Spectre.Console")]
    [InlineData("MeshActors.Host", "Cli", "using NSec.Cryptography;", "MeshActors.Host, Cli may not touch NSec")]
    [InlineData("MeshActors.Host", "Pigeons", "class A;", "folder Pigeons is not in the layer table of LayerRule")]
    public void A_planted_import_above_the_transport_is_found(
        string project, string folder, string code, string violation)
    {
        var path = $"src/{project}/{folder}/A.cs";

        Assert.Equal([$"{path}: {violation}"], LayerRule.Violations(new SourceFile(path, code)));
    }

    [Theory]
    [InlineData("Wire", "// using MeshActors.Transport.Session;\nusing MeshActors.Transport.Diagnostics;")]
    [InlineData("Streams", "class A { string s = \"System.IO\"; /* Akka.Actor */ }")]
    [InlineData("Diagnostics", "using System.Diagnostics.CodeAnalysis;")]
    [InlineData("Streams", "using System.Diagnostics.CodeAnalysis;")]
    [InlineData("Io", "using System.Net.Sockets;\nusing System.Threading.Tasks;")]
    [InlineData("Wire", "class A { int AkkaPort; }")]
    [InlineData("Addressing", "using System.Net.Sockets; class A { AddressFamily f; SocketException e; }")]
    [InlineData("Remoting", "using Akka.Actor;\nusing MeshActors.Transport.Io;")]
    public void What_a_layer_may_import_is_let_through(string folder, string code) =>
        Assert.Empty(LayerRule.Violations(new SourceFile($"src/MeshActors.Transport/{folder}/A.cs", code)));
}
