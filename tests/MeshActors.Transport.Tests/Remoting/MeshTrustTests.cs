using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Files;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Whom a transport trusts by HOCON alone.</summary>
[Collection(RealTransports.Name)]
public sealed class MeshTrustTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly UserDirectoryFixture _user;
    private readonly string _directory = Directory.CreateTempSubdirectory("meshactors-").FullName;

    public MeshTrustTests(UserDirectoryFixture user)
    {
        _user = user;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task On_loopback_a_secret_of_this_user_is_made_on_first_use_readable_by_its_owner_alone()
    {
        await using var node = TestNode.Start("a");

        var file = new FileInfo(Path.Combine(_user.Directory, "meshactors", "loopback.secret"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode);
    }

    [Fact]
    public async Task Nodes_of_one_fleet_secret_reach_each_other_and_a_node_of_another_is_refused_with_one_warning()
    {
        var (fleet, other) = (NewSecret("fleet"), NewSecret("other"));
        await using var a = TestNode.Start("a", Trust(fleet));
        await using var b = TestNode.Start("b", Trust(fleet));
        await using var stranger = TestNode.Start("c", Trust(other) + "\nakka.remote.mesh.connect-timeout = 1s");
        b.System.ActorOf(Props.Create<Echo>(), "echo");
        var warnings = stranger.Kit.CreateTestProbe();
        stranger.System.EventStream.Subscribe(warnings.Ref, typeof(Warning));

        Assert.Equal("hello", await a.System.ActorSelection(b.PathOf("echo")).Ask<string>("hello", Patience));
        stranger.System.ActorSelection(b.PathOf("echo")).Tell("hello");

        AssertToldOnce(warnings);
        Assert.Empty(stranger.Tunnels.Snapshot());
    }

    [Fact]
    public async Task Nodes_that_pin_each_others_roots_need_no_secret()
    {
        var (a, b) = (NewIdentity("a"), NewIdentity("b"));
        await using var nodeA = TestNode.Start("a", Pinned("a", b));
        await using var nodeB = TestNode.Start("b", Pinned("b", a));
        nodeB.System.ActorOf(Props.Create<Echo>(), "echo");

        Assert.Equal("hello", await nodeA.System.ActorSelection(nodeB.PathOf("echo")).Ask<string>("hello", Patience));
    }

    [Fact]
    public async Task A_root_key_that_is_not_pinned_is_refused_with_one_warning_although_it_pins_the_other()
    {
        var (a, b) = (NewIdentity("a"), NewIdentity("b"));
        await using var nodeB = TestNode.Start("b", Pinned("b", a));
        NewIdentity("c");
        await using var stranger = TestNode.Start("c", Pinned("c", b) + "\nakka.remote.mesh.connect-timeout = 1s");
        var warnings = stranger.Kit.CreateTestProbe();
        stranger.System.EventStream.Subscribe(warnings.Ref, typeof(Warning));

        stranger.System.ActorSelection(nodeB.PathOf("echo")).Tell("hello");

        AssertToldOnce(warnings);
        Assert.Empty(nodeB.Tunnels.Snapshot());
    }

    [Fact]
    public async Task An_identity_path_keeps_the_nodes_address_over_restarts()
    {
        var hocon = $"akka.remote.mesh.identity-path = \"{Path.Combine(_directory, "root.key")}\"";
        await using var before = TestNode.Start("a", hocon);
        var address = before.Tunnels.Address;
        await before.System.Terminate();

        await using var after = TestNode.Start("a", hocon);

        Assert.Equal(address, after.Tunnels.Address);
    }

    [Theory]
    [InlineData("hostname = \"0.0.0.0\"", "trusts nobody")]
    [InlineData("bind-hostname = \"0.0.0.0\"", "trusts nobody")]
    [InlineData("fleet-secret-file = \"/nowhere/fleet.secret\"", "fleet-secret-file is /nowhere/fleet.secret")]
    [InlineData("hostnam = x", "hostnam is not a setting")]
    public void Without_a_usable_trust_or_with_a_mistake_the_system_does_not_start_and_says_why(string hocon, string expected)
    {
        var failure = Assert.ThrowsAny<Exception>(() => TestNode.Start("a", $"akka.remote.mesh {{ {hocon} }}"));

        Assert.Contains(expected, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_code_hands_in_must_not_stand_in_hocon_too()
    {
        using var secret = FleetSecret.Generate(SystemRandomSource.Instance);
        var setup = new MeshTransportSetup { Trust = new TrustSettings(0, [secret], []) };

        var failure = Assert.ThrowsAny<Exception>(() => TestNode.Start("a", Trust(NewSecret("fleet")), setup));

        Assert.Contains("hands them in by code", failure.ToString(), StringComparison.Ordinal);
    }

    private static string Trust(string secretFile) => $"akka.remote.mesh.fleet-secret-file = \"{secretFile}\"";

    private static void AssertToldOnce(TestProbe warnings)
    {
        warnings.FishForMessage<Warning>(SaysWhy, Patience);
        warnings.ReceiveWhile<object>(TimeSpan.FromMilliseconds(200), message => message)
            .ToList().ForEach(message => Assert.False(SaysWhy((Warning)message)));
    }

    private static bool SaysWhy(Warning warning) =>
        warning.ToString().Contains("does not share this node's fleet secret or pinned root", StringComparison.Ordinal);

    /// <summary>The path of a file with a fleet secret of that name.</summary>
    private string NewSecret(string name)
    {
        var path = Path.Combine(_directory, name);
        SecretFile.LoadOrCreate(path, SystemRandomSource.Instance).Dispose();
        return path;
    }

    /// <summary>The root key of an identity in a file of that name.</summary>
    private RootKey NewIdentity(string name)
    {
        using var stored = IdentityFile.LoadOrCreate(Path.Combine(_directory, name), 0, SystemRandomSource.Instance);
        return stored.Root.PublicKey;
    }

    private string Pinned(string name, RootKey peer) =>
        $$"""
        akka.remote.mesh { identity-path = "{{Path.Combine(_directory, name)}}", pinned-roots = ["{{peer}}"] }
        """;

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
