using System.IO;
using System.Linq;
using Xunit;

namespace MeshActors.Host.Tests.Configuration;

public sealed class ValueMistakeTests
{
    private const string OnlyForOwner = "; allowed: a file of mode 0600 with one line, mesh-fleet-1-...";

    [Theory]
    [InlineData("networking.max-tunels", "256", "belongs to an unknown key, did you mean max-tunnels?; allowed: bind, handshake-timeout, keepalive-interval, max-tunnels, nat-strategy, port-mapping, punching, relay-fallback, relays")]
    [InlineData("qqq", "1", "belongs to an unknown key; allowed: agents, api, backbone, capabilities, discovery, dispatch, identity, networking, node, observability, relay, trust")]
    [InlineData("networking.handshake-timeout", "5 parsecs", "is not allowed; allowed: 1s to 15s, with a unit (ms, s, m, h, d)")]
    [InlineData("networking.handshake-timeout", "5", "is not allowed; allowed: 1s to 15s, with a unit (ms, s, m, h, d)")]
    [InlineData("networking.max-tunnels", "16385", "is not allowed; allowed: a whole number from 1 to 16384")]
    [InlineData("networking.keepalive-interval", "31s", "is not allowed; allowed: 1s to 30s, with a unit (ms, s, m, h, d)")]
    [InlineData("networking.port-mapping", "upnp", "is not allowed; allowed: on, off")]
    [InlineData("networking.punching", "sometimes", "is not allowed; allowed: on, off")]
    [InlineData("networking.hole-punching", "on", "belongs to an unknown key; allowed: bind, handshake-timeout, keepalive-interval, max-tunnels, nat-strategy, port-mapping, punching, relay-fallback, relays")]
    [InlineData("relay.websocket-bind", "\"\"", "is not allowed; allowed: off, or IP:PORT with a port of 0 to 65535, as 127.0.0.1:0 or [::1]:7443", "\"\"")]
    [InlineData("relay.websocket-bind", "\"relay.example:443\"", "is not allowed; allowed: off, or IP:PORT with a port of 0 to 65535, as 127.0.0.1:0 or [::1]:7443", "relay.example:443")]
    [InlineData("relay.websocket-bind", "\"0.0.0.0:443\"", "admits nobody it could trust; allowed: off, a loopback address, or any with trust.fleet-secret-file or trust.pinned-roots", "0.0.0.0:443")]
    [InlineData("networking.relay-fallback", "maybe", "is not allowed; allowed: on, off")]
    [InlineData("networking.nat-strategy", "upnp", "is not allowed; allowed: stun-holepunch-relay")]
    [InlineData("relay.bind", "relay.example", "is not allowed; allowed: IP:PORT with a port of 0 to 65535, as 127.0.0.1:0 or [::1]:7443")]
    [InlineData("networking", "5", "stands where a section is expected; allowed: networking { ... }")]
    [InlineData("node.id", "[a, b]", "is a list; allowed: 1 to 64 letters, digits, dots, dashes, underscores, or nothing")]
    [InlineData("node.id", "{ }", "is a section; allowed: 1 to 64 letters, digits, dots, dashes, underscores, or nothing", "{  }")]
    [InlineData("node.roles", "agent", "is not a list; allowed: a list: roles = [ ... ]")]
    [InlineData("node.roles", "[]", "is no set of roles; allowed: agent, backbone, relay, each once, at least one")]
    [InlineData("node.roles", "[agent, hub]", "asks for hub, which is not supported in this version; allowed: agent, backbone, relay, each once, at least one")]
    [InlineData("node.address-format", "64bit", "is not allowed; allowed: 48bit")]
    [InlineData("identity.algorithm", "rsa", "is not allowed; allowed: ed25519")]
    [InlineData("identity.rotation-interval", "6d", "is not allowed; allowed: 7d to 30d, with a unit (ms, s, m, h, d)")]
    [InlineData("identity.rotation-interval", "31d", "is not allowed; allowed: 7d to 30d, with a unit (ms, s, m, h, d)")]
    [InlineData("identity.rotation-interval", "never", "is not allowed; allowed: 7d to 30d, with a unit (ms, s, m, h, d)")]
    [InlineData("identity.backup.target", "vault", "is not supported in this version; allowed: path")]
    [InlineData("identity.backup.target", "floppy", "is not allowed; allowed: path, pkcs11, vault")]
    [InlineData("identity.backup.path", "/copies", "is not supported in this version; allowed: \"\"")]
    [InlineData("identity.backup.vault.address", "\"https://vault\"", "is not supported in this version; allowed: \"\"", "https://vault")]
    [InlineData("discovery.consistency-model", "strong", "is not allowed; allowed: eventual")]
    [InlineData("capabilities.schema-version", "v1", "is not allowed; allowed: v2")]
    [InlineData("capabilities.validation", "lax", "is not allowed; allowed: strict")]
    [InlineData("capabilities.group-assignment", "static", "is not allowed; allowed: dynamic")]
    [InlineData("capabilities.broadcast-scope", "all", "is not allowed; allowed: domain-limited")]
    [InlineData("dispatch.mode", "hub", "is not supported in this version; allowed: mesh")]
    [InlineData("api.bind", "\"0.0.0.0:7480\"", "is not allowed; allowed: off, or a loopback IP:PORT, as 127.0.0.1:7480", "0.0.0.0:7480")]
    [InlineData("trust.fleet-root", "abc", "is not supported in this version; allowed: \"\"")]
    [InlineData("trust.policies", "[{ allow = x }]", "is not supported in this version; allowed: []", "[{ allow }]")]
    [InlineData("observability.log-level", "loud", "is not allowed; allowed: debug, info, warning, error")]
    [InlineData("observability.metrics-port", "70000", "is not allowed; allowed: a whole number from 0 to 65535")]
    [InlineData("observability.alerts.relay-usage-pct", "101", "is not allowed; allowed: a number from 0 to 100")]
    public void Every_kind_of_wrong_value_names_file_line_key_value_and_what_is_allowed(
        string key, string value, string expected, string? shown = null) => Assert.Equal(
            [$"node.conf:2 mesh.{key}: value {shown ?? value} {expected}"],
            Checked.Text($"# a comment\nmesh.{key} = {value}\n").Lines);

    [Theory]
    [InlineData("agents", "{ name = a }", "agents[0].type", "value \"\" is missing; allowed: \"Namespace.Type, Assembly\" of a MeshAgent that is made without arguments")]
    [InlineData("agents", "{ name = a, type = \"No.Such, Thing\" }", "agents[0].type", "value No.Such, Thing is not allowed; allowed: \"Namespace.Type, Assembly\" of a MeshAgent that is made without arguments")]
    [InlineData("discovery.backbones", "{ endpoints = [\"b.example:1\"] }", "discovery.backbones[0].name", "value \"\" is missing; allowed: kebab-case, as home")]
    [InlineData("networking.relays", "{ root = \"\" }", "networking.relays[0].endpoints", "value [] names no endpoint; allowed: 1 to 8 of HOST:PORT with a port of 1 to 65535, as backbone.example:443 or [2001:db8::1]:443")]
    [InlineData("networking.relays", "{ endpoints = [\"r.example:1\"], root = abc }", "networking.relays[0].root", "value abc is not allowed; allowed: a root key in base32, 52 characters of a-z and 2-7, or nothing")]
    [InlineData("networking.relays", "{ endpoints = [\"r.example:1\"], websocket = \"wss://r.example/mesh?token=1\" }", "networking.relays[0].websocket", "value wss://r.example/mesh?token=1 is not allowed; allowed: wss://HOST[:PORT]/mesh, as wss://relay.example/mesh, or nothing")]
    [InlineData("networking.relays", "{ endpoints = [\"r.example:1\"], websocket = \"ws://r.example/mesh\" }", "networking.relays[0].websocket", "value ws://r.example/mesh is not allowed; allowed: wss://HOST[:PORT]/mesh, as wss://relay.example/mesh, or nothing")]
    [InlineData("networking.relays", "{ endpoints = [\"r.example:1\"], websocket = \"r.example:443\" }", "networking.relays[0].websocket", "value r.example:443 is not allowed; allowed: wss://HOST[:PORT]/mesh, as wss://relay.example/mesh, or nothing")]
    [InlineData("discovery.backbones", "{ name = Home, endpoints = [\"b.example:1\"] }", "discovery.backbones[0].name", "value Home is not allowed; allowed: kebab-case, as home")]
    [InlineData("agents", "{ name = a, type = \"System.String\" }", "agents[0].type", "value System.String is not allowed; allowed: \"Namespace.Type, Assembly\" of a MeshAgent that is made without arguments")]
    [InlineData("agents", "{ name = a, type = \"MeshActors.Host.Demo.Agents.TextStatisticsAgent, meshactors\" }", "agents[0].type", "value MeshActors.Host.Demo.Agents.TextStatisticsAgent, meshactors is not allowed; allowed: \"Namespace.Type, Assembly\" of a MeshAgent that is made without arguments")]
    [InlineData("agents", "{ name = a, type = \"A.B, C\", assembly = \"no/such.dll\" }", "agents[0].assembly", "value no/such.dll does not exist; allowed: the file of a .NET assembly")]
    [InlineData("agents", "{ name = a, type = \"A, B=, C\" }", "agents[0].type", "value A, B=, C is not allowed; allowed: \"Namespace.Type, Assembly\" of a MeshAgent that is made without arguments")]
    public void A_key_that_an_element_of_a_list_needs_is_a_mistake_when_it_is_missing_or_wrong(
        string list, string element, string key, string expected) => Assert.Equal(
            [$"node.conf:1 mesh.{key}: {expected}"],
            Checked.Text($"mesh.{list} = [ {element} ]").Lines);

    [Theory]
    [InlineData("networking.bind", "127.0.0.1")]
    [InlineData("networking.bind", "127.0.0.1:70000")]
    [InlineData("networking.bind", "localhost:7400")]
    [InlineData("networking.bind", "127.1:7400")]
    [InlineData("networking.bind", "::1:7400")]
    public void A_malformed_endpoint_is_a_mistake(string key, string value) => Assert.Equal(
        [
            $"node.conf:1 mesh.{key}: value {value} is not allowed; allowed: IP:PORT with a port of 0 to 65535, as 127.0.0.1:0 or [::1]:7443",
        ],
        Checked.Text($"mesh.{key} = \"{value}\"").Lines);

    [Fact]
    public void A_bind_that_others_reach_needs_somebody_to_trust() => Assert.Equal(
        [
            "node.conf:1 mesh.networking.bind: value 0.0.0.0:0 admits nobody it could trust; allowed: a loopback address, or any with trust.fleet-secret-file or trust.pinned-roots",
        ],
        Checked.Text("mesh.networking.bind = \"0.0.0.0:0\"").Lines);

    [Fact]
    public void Malformed_root_keys_and_endpoints_of_backbones_name_their_element()
    {
        var read = Checked.Text(
            """
            mesh.discovery.backbones = [
              { name = home, endpoints = ["a.example:443"] }
              { name = home
                endpoints = ["b.example", "c.example:0"]
                root = abc
                sites = 3 }
              7
            ]
            mesh.trust.pinned-roots = [a18]
            """);

        const string Backbones = "mesh.discovery.backbones";
        const string Form = "HOST:PORT with a port of 1 to 65535, as backbone.example:443 or [2001:db8::1]:443";
        Assert.Equal(
            [
                $"node.conf:3 {Backbones}[1].name: value home names two backbones; allowed: each name once",
                $"node.conf:4 {Backbones}[1].endpoints[0]: value b.example is not allowed; allowed: {Form}",
                $"node.conf:4 {Backbones}[1].endpoints[1]: value c.example:0 is not allowed; allowed: {Form}",
                $"node.conf:4 {Backbones}[1].endpoints: value [b.example, c.example:0] names no endpoint; allowed: 1 to 16 of {Form}",
                $"node.conf:5 {Backbones}[1].root: value abc is not allowed; allowed: a root key in base32, 52 characters of a-z and 2-7, or nothing",
                $"node.conf:6 {Backbones}[1].sites: value 3 belongs to an unknown key; allowed: endpoints, name, publish, root",
                $"node.conf:7 {Backbones}[2]: value 7 stands where a section is expected; allowed: {{ name, endpoints, root, publish }}",
                "node.conf:9 mesh.trust.pinned-roots[0]: value a18 is not allowed; allowed: a root key in base32, 52 characters of a-z and 2-7",
            ],
            read.Lines);
    }

    [Fact]
    public void What_mesh_and_akka_say_differently_is_a_mistake_and_what_they_say_alike_is_not()
    {
        var read = Checked.Text(
            """
            mesh.networking { bind = "127.0.0.1:7400", max-tunnels = 8, keepalive-interval = 20s, handshake-timeout = 5s }
            akka.remote.mesh {
              port = 7401
              hostname = "127.0.0.1"
              max-tunnels = 9
              keepalive-interval = 20 seconds
            }
            """);

        Assert.Equal(
            [
                "node.conf:3 akka.remote.mesh.port: value 7401 differs from mesh.networking.bind in line 1; allowed: 127.0.0.1:7400, or the key left out",
                "node.conf:5 akka.remote.mesh.max-tunnels: value 9 differs from mesh.networking.max-tunnels in line 1; allowed: 8, or the key left out",
            ],
            read.Lines);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_mistake_of_its_own_kind()
    {
        using var directory = new TemporaryDirectory();
        var gone = Path.Combine(directory.Root, "gone.conf");
        var binary = Path.Combine(directory.Root, "binary.conf");
        File.WriteAllBytes(binary, [0xFF, 0xFE, 0x00, 0xC3]);

        Assert.Equal(
            ["gone.conf:1 --config: value gone.conf does not exist; allowed: a readable file"],
            Checked.File(directory, gone).Lines);
        Assert.Equal(
            [$"{directory.Root}:1 --config: value {directory.Root} is a directory; allowed: a readable file"],
            Checked.File(directory, directory.Root).Lines);
        Assert.Equal(
            ["binary.conf:1 --config: value binary.conf is not text in UTF-8; allowed: a readable file"],
            Checked.File(directory, binary).Lines);
    }

    /// <summary>A switch of the Linux kernel that nobody may read, not even root; elsewhere a file without any mode.</summary>
    [Fact]
    public void A_file_this_user_may_not_read_is_a_mistake()
    {
        using var directory = new TemporaryDirectory();
        var path = "/proc/sys/vm/compact_memory";
        if (!File.Exists(path))
        {
            path = directory.Write("secret.conf", "mesh.node.id = a");
            TemporaryDirectory.Restrict(path, UnixFileMode.None);
        }

        var line = Assert.Single(Checked.File(directory, path).Lines);

        Assert.EndsWith(" may not be read by this user; allowed: a readable file", line);
        Assert.Contains(":1 --config: value ", line);
    }

    [Fact]
    public void A_fleet_secret_must_be_there_be_one_and_be_its_owners_alone()
    {
        using var directory = new TemporaryDirectory();
        var wrong = directory.Write("wrong", "mesh-fleet-1-abc");
        TemporaryDirectory.Restrict(wrong, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        TemporaryDirectory.Restrict(directory.Write("open", "x"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        string Line(string name) => Checked.File(
            directory, directory.Write("node.conf", $"mesh.trust.fleet-secret-file = {name}")).Lines.Single();

        const string Start = "node.conf:1 mesh.trust.fleet-secret-file: value ";
        Assert.Equal(Start + "gone cannot be used (gone: there is no such file. Check the path)" + OnlyForOwner, Line("gone"));
        Assert.StartsWith(Start + "wrong cannot be used (wrong: ", Line("wrong"));
        Assert.StartsWith(Start + "open cannot be used (open: others than its owner may use it (mode 0404", Line("open"));
        Assert.EndsWith(OnlyForOwner, Line("open"));
        Assert.StartsWith(
            Start + "mesh-fleet-1-... cannot be used (mesh-fleet-1-...: there is no such file",
            Line("mesh-fleet-1-aaaabbbbccccdddd"));
    }

    [Fact]
    public void All_mistakes_are_reported_at_once_in_the_order_of_the_file()
    {
        var read = Checked.Text(
            """
            mesh {
              node { realm = 70000, colour = red }
              networking { handshake-timeout = soon, max-tunnels = "" }
              node.id = ${NOBODY_SET_THIS}
              identity.rotation-interval = 90d
              node.realm = 3
            """);

        Assert.Equal([1, 2, 2, 3, 3, 4, 5, 6], read.Lines.Select(line => int.Parse(line.Split(' ')[0].Split(':')[1])));
    }
}
