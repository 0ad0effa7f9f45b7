using System;
using System.Linq;
using System.Net;
using Akka.Configuration;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class MeshTransportSettingsTests
{
    private static readonly TimeSpan AkkaHandshakeTimeout = TimeSpan.FromSeconds(15);

    [Fact]
    public void Defaults_are_loopback_a_free_port_and_payloads_beyond_one_mebibyte()
    {
        var settings = Read(string.Empty);

        Assert.Equal("127.0.0.1", settings.Hostname);
        Assert.Equal(0, settings.Port);
        Assert.Null(settings.BindPort);
        Assert.Null(settings.FleetSecretFile);
        Assert.Empty(settings.PinnedRoots);
        Assert.Equal(4 * 1024 * 1024, settings.MaximumPayloadBytes);
        Assert.Equal(TimeSpan.FromSeconds(10), settings.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(10), settings.Supervision.ReconnectTimeout);
        Assert.Equal(256, settings.MaxTunnels);
    }

    [Theory]
    [InlineData("port", "-1", "65536", "0", "65535")]
    [InlineData("public-port", "-1", "65536", "0", "65535")]
    [InlineData("bind-port", "-1", "65536", "0", "65535")]
    [InlineData("realm", "-1", "65534", "0", "65533")]
    [InlineData("maximum-payload-bytes", "32767", "16 MiB", "32 KiB", "15 MiB")]
    [InlineData("connect-timeout", "99 ms", "61 s", "100 ms", "14 s")]
    [InlineData("reconnect-timeout", "999 ms", "301 s", "1 s", "5 m")]
    [InlineData("reconnect-delay", "9 ms", "11 s", "10 ms", "2 s")]
    [InlineData("reconnect-delay-max", "99 ms", "61 s", "100 ms", "60 s")]
    [InlineData("max-tunnels", "0", "16385", "1", "16384")]
    [InlineData("keepalive-interval", "999 ms", "31 s", "1 s", "30 s")]
    [InlineData("handshake-timeout", "499 ms", "16 s", "500 ms", "15 s")]
    public void Each_number_has_its_bounds(string key, string below, string above, string lowest, string highest)
    {
        Assert.Contains(key, Mistake($"{key} = \"{below}\""), StringComparison.Ordinal);
        Assert.Contains(key, Mistake($"{key} = \"{above}\""), StringComparison.Ordinal);
        Read($"{key} = \"{lowest}\"");
        Read($"{key} = \"{highest}\"");
    }

    [Fact]
    public void A_mistake_names_path_value_and_range() => Assert.Equal(
        "akka.remote.mesh.connect-timeout is '5'; it must be a time from 100 ms to 60 s with its unit, one of ms, s, m, h, d",
        Mistake("connect-timeout = 5").Split(Environment.NewLine)[0]);

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var mistakes = Mistake(
            """
            port = many
            conect-timeout = 5 s
            maximum-payload-bytes = 1 TiB
            pinned-roots = ["abc"]
            hostname = "a b"
            """).Split(Environment.NewLine);

        Assert.Equal(5, mistakes.Length);
        Assert.Contains(mistakes, mistake => mistake.StartsWith("akka.remote.mesh.port is 'many'", StringComparison.Ordinal));
        Assert.Contains(
            mistakes,
            mistake => mistake.StartsWith("akka.remote.mesh.conect-timeout is not a setting", StringComparison.Ordinal));
        Assert.Contains(mistakes, mistake => mistake.Contains("1 TiB", StringComparison.Ordinal));
        Assert.Contains(mistakes, mistake => mistake.Contains("52 characters of base32", StringComparison.Ordinal));
        Assert.Contains(mistakes, mistake => mistake.Contains("hostname is 'a b'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("128000b", 128_000)]
    [InlineData("128000", 128_000)]
    [InlineData("64 KiB", 65_536)]
    [InlineData("64kB", 64_000)]
    [InlineData("1 MiB", 1_048_576)]
    [InlineData("1MB", 1_000_000)]
    public void Sizes_carry_units_or_are_bytes(string text, int bytes) =>
        Assert.Equal(bytes, Read($"maximum-payload-bytes = {text}").MaximumPayloadBytes);

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("2 s", 2_000)]
    [InlineData("1m", 60_000)]
    public void Times_carry_units(string text, int milliseconds) => Assert.Equal(
        TimeSpan.FromMilliseconds(milliseconds),
        MeshTransportSettings.FromConfig(
            ConfigurationFactory.ParseString($"connect-timeout = {text}"), TimeSpan.FromMinutes(2)).ConnectTimeout);

    [Theory]
    [InlineData("connect-timeout = 15 s", "shorter than akka.remote.handshake-timeout")]
    [InlineData("reconnect-delay = 3 s", "not be longer than reconnect-delay-max")]
    [InlineData("pinned-roots = abc", "a list")]
    public void Settings_that_do_not_fit_each_other_are_mistakes(string section, string expected) =>
        Assert.Contains(expected, Mistake(section), StringComparison.Ordinal);

    [Fact]
    public void Relays_are_read_with_where_they_are_and_who_must_answer()
    {
        var root = new string('a', 52);
        var settings = Read(
            $$"""
            relays = [
              { endpoints = ["relay.example.org:7400", "[2001:db8::1]:7400"], root = "{{root}}" },
              { endpoints = ["192.0.2.1:443"] }
            ]
            is-relay = on
            naming = mesh
            relay-fallback = off
            """);

        Assert.Equal(("relay.example.org", 7400), settings.Relays[0].Endpoints[0]);
        Assert.Equal(("[2001:db8::1]", 7400), settings.Relays[0].Endpoints[1]);
        Assert.Equal(root, settings.Relays[0].Root.ToString());
        Assert.Equal(("192.0.2.1", 443), Assert.Single(settings.Relays[1].Endpoints));
        Assert.Null(settings.Relays[1].Root);
        Assert.True(settings.IsRelay);
        Assert.True(settings.IsNamedByMeshAddress);
        Assert.False(settings.RelayFallback);
    }

    [Theory]
    [InlineData("relays = [ { endpoints = [\"192.0.2.1\"] } ]", "akka.remote.mesh.relays[0].endpoints is '192.0.2.1'; it must be HOST:PORT")]
    [InlineData("relays = [ { endpoints = [\"192.0.2.1:0\"] } ]", "relays[0].endpoints is '192.0.2.1:0'")]
    [InlineData("relays = [ { endpoints = [\"2001:db8::1:7400\"] } ]", "relays[0].endpoints is '2001:db8::1:7400'")]
    [InlineData("relays = [ { endpoints = [\"h:1\"] }, { endpoint = \"h:1\" } ]", "relays[1].endpoint is not a setting; known are endpoints, root, websocket")]
    [InlineData("relays = [ { root = abc } ]", "relays[0]: a relay needs endpoints")]
    [InlineData("relays = [ { endpoints = [\"h:1\"], root = abc } ]", "root is 'abc'; it must be a root key of 52 characters of base32")]
    [InlineData("relays = [ \"h:1\" ]", "relays[0] is 'h:1'; it must be a section")]
    [InlineData("relays = \"h:1\"", "relays is 'h:1'; it must be a list of sections")]
    [InlineData("relay-fallback = \"\"", "relay-fallback is ''; it must be on or off")]
    [InlineData("is-relay = yes", "is-relay is 'yes'; it must be on or off")]
    [InlineData("relays = [ { endpoints = [\"h:1\"], websocket = \"ws://h/mesh\" } ]", "akka.remote.mesh.relays[0]: websocket is 'ws://h/mesh'; it must be wss://HOST[:PORT]/mesh")]
    [InlineData("relays = [ { endpoints = [\"h:1\"], websocket = \"wss://a:b@h/mesh\" } ]", "relays[0]: websocket is 'wss://a:b@h/mesh'")]
    [InlineData("relays = [ { endpoints = [\"h:1\"], websocket = \"wss://h/mesh?x\" } ]", "relays[0]: websocket is 'wss://h/mesh?x'")]
    [InlineData("relays = [ { endpoints = [\"h:1\"], websocket = \"h/mesh\" } ]", "relays[0]: websocket is 'h/mesh'")]
    [InlineData("is-relay = on, relay-websocket-bind = \"127.0.0.1\"", "relay-websocket-bind is '127.0.0.1'; it must be IP:PORT")]
    [InlineData("is-relay = on, relay-websocket-bind = \"localhost:443\"", "relay-websocket-bind is 'localhost:443'")]
    [InlineData("is-relay = on, relay-websocket-bind = \"127.0.0.1:65536\"", "relay-websocket-bind is '127.0.0.1:65536'")]
    [InlineData("relay-websocket-bind = \"127.0.0.1:0\"", "relay-websocket-bind is for relays: set is-relay = on")]
    [InlineData("nat.port-mapping = perhaps", "akka.remote.mesh.nat.port-mapping is 'perhaps'; it must be on or off")]
    [InlineData("nat { punching = 1 }", "akka.remote.mesh.nat.punching is '1'; it must be on or off")]
    [InlineData("nat { punch = on }", "akka.remote.mesh.nat.punch is not a setting; known are port-mapping, punching")]
    [InlineData("nat = off", "akka.remote.mesh.nat is 'off'; it must be a section")]
    [InlineData("naming = dns", "naming is 'dns'; it must be endpoint or mesh")]
    [InlineData("naming = mesh, public-hostname = h", "public-hostname and public-port mean nothing with naming = mesh")]
    public void What_is_wrong_with_relays_is_told_with_its_place(string section, string expected) =>
        Assert.Contains(expected, Mistake(section), StringComparison.Ordinal);

    [Fact]
    public void Connections_of_relays_and_what_is_done_behind_nats_reach_the_engine()
    {
        var settings = Read(
            """
            relays = [ { endpoints = ["h:1"], websocket = "wss://h:8443/mesh" }, { endpoints = ["i:1"], websocket = "" } ]
            is-relay = on
            relay-websocket-bind = "127.0.0.1:8443"
            nat.port-mapping = off
            nat { punching = off }
            """);
        var engine = MeshNode.EngineSettingsOf(settings, new IPEndPoint(IPAddress.Loopback, 0));
        var byDefault = MeshNode.EngineSettingsOf(Read(string.Empty), new IPEndPoint(IPAddress.Loopback, 0));

        Assert.Equal([new Uri("wss://h:8443/mesh"), null], settings.Relays.Select(relay => relay.WebSocket));
        Assert.Equal("127.0.0.1:8443", engine.RelayWebSocketBind!.ToString());
        Assert.False(engine.PortMapping);
        Assert.False(engine.Tunnels.Punching.IsEnabled);
        Assert.Null(byDefault.RelayWebSocketBind);
        Assert.True(byDefault.PortMapping);
        Assert.True(byDefault.Tunnels.Punching.IsEnabled);
    }

    [Theory]
    [InlineData("relay-websocket-bind = \"127.0.0.1:443\"", true)]
    [InlineData("relay-websocket-bind = \"[::1]:443\"", true)]
    [InlineData("relay-websocket-bind = \"0.0.0.0:443\"", false)]
    [InlineData("relay-websocket-bind = \"[::]:0\"", false)]
    [InlineData("", true)]
    public void Connections_from_elsewhere_make_a_node_on_loopback_one_that_others_reach(string section, bool isLoopback) =>
        Assert.Equal(isLoopback, Read("is-relay = on\n" + section).IsWebSocketLoopback);

    [Fact]
    public void There_are_at_most_eight_relays()
    {
        const string Relay = "{ endpoints = [\"h:1\"] }, ";
        Assert.Contains("relays is '9 entries'", Mistake($"relays = [ {string.Concat(Enumerable.Repeat(Relay, 9))} ]"), StringComparison.Ordinal);
        Assert.Equal(8, Read($"relays = [ {string.Concat(Enumerable.Repeat(Relay, 8))} ]").Relays.Length);
    }

    private static MeshTransportSettings Read(string section) =>
        MeshTransportSettings.FromConfig(ConfigurationFactory.ParseString(section), AkkaHandshakeTimeout);

    private static string Mistake(string section) =>
        Assert.Throws<ConfigurationException>(() => Read(section)).Message;
}
