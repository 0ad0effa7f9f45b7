using System;
using System.Linq;
using System.Reflection;
using System.Text;
using Akka.Actor;
using Akka.Remote.Serialization;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Time;
using Xunit;
using static MeshActors.Transport.Tests.Remoting.ProtoBytes;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Which messages may come in where only some types are allowed.</summary>
public sealed class ManifestGuardTests
{
    private const string Actor = "akka.mesh://a@h:1/user/desk";
    private static readonly byte[] To = Field(1, Field(1, Actor));
    private static readonly byte[] NoSystemMessage = Fixed(5, NoSequence);

    private readonly ManifestGuard _guard = new([.. ((string[])["order-1", "Shop.*", "serializer:4"]).Select(Read)]);

    [Theory]
    [InlineData(28_008, "order-1", true)]
    [InlineData(28_008, "order-10", false)]
    [InlineData(28_008, "order", false)]
    [InlineData(2, "Shop.Order, Shop", true)]
    [InlineData(2, "Workshop.Order", false)]
    [InlineData(4, "", true)]
    [InlineData(4, "anything", true)]
    [InlineData(1, "", false)]
    [InlineData(17, "S", false)]
    [InlineData(3, "", false)]
    [InlineData(16, "RWHB", true)]
    [InlineData(16, "PP", false)]
    [InlineData(5, "HB", true)]
    [InlineData(5, "Akka.Cluster.Routing.ClusterRouterPool, Akka.Cluster", false)]
    [InlineData(13, "AA", false)]
    [InlineData(14, "A", true)]
    public void A_message_passes_by_its_manifest_or_its_serializer(int serializer, string manifest, bool passes)
    {
        Assert.Equal(passes ? ManifestVerdict.Pass : ManifestVerdict.Drop, Judge(For(Actor, Message(serializer, manifest))));
        Assert.Equal(
            passes ? ManifestVerdict.Pass : ManifestVerdict.Drop,
            Judge(For(Actor, Message(6, "", Field(1, Message(serializer, manifest)), Field(2, Number(1, 2), Field(2, "desk"))))));
    }

    [Fact]
    public void A_selection_in_a_selection_does_not_pass()
    {
        var inner = Message(6, "", Field(1, Message(28_008, "order-1")));

        Assert.Equal(ManifestVerdict.Drop, Judge(For(Actor, Message(6, "", Field(1, inner)))));
    }

    [Theory]
    [InlineData("ID")]
    [InlineData("AID")]
    public void Who_asks_who_is_there_may_give_a_text_or_an_allowed_message_along(string manifest)
    {
        Assert.Equal(ManifestVerdict.Pass, Judge(For(Actor, Message(16, manifest))));
        Assert.Equal(ManifestVerdict.Pass, Judge(For(Actor, Message(16, manifest, Field(1, Message(17, "S"))))));
        Assert.Equal(ManifestVerdict.Pass, Judge(For(Actor, Message(16, manifest, Field(1, Message(28_008, "order-1"))))));
        Assert.Equal(ManifestVerdict.Drop, Judge(For(Actor, Message(16, manifest, Field(1, Message(1, "{}"))))));
        Assert.Equal(
            ManifestVerdict.Drop,
            Judge(For(Actor, Message(16, manifest, Field(1, Message(1, "")), Field(1, Message(17, "S"))))));
    }

    [Theory]
    [InlineData("Akka.Dispatch.SysMsg.Watch, Akka", true)]
    [InlineData("Akka.Dispatch.SysMsg.DeathWatchNotification, Akka", true)]
    [InlineData("Akka.Dispatch.SysMsg.Failed, Akka", false)]
    [InlineData("order-1", true)]
    [InlineData("RWHB", false)]
    public void A_system_message_that_may_not_pass_ends_the_association(string manifest, bool passes) => Assert.Equal(
        passes ? ManifestVerdict.Pass : ManifestVerdict.End, Judge(For(Actor, Message(22, manifest), sequence: 5)));

    /// <summary>Protobuf merges what comes twice, so that Akka would read the serializer of one and the manifest of the other.</summary>
    [Fact]
    public void What_comes_twice_does_not_pass()
    {
        var json = Message(1, "");
        var allowed = Message(28_008, "order-1");

        Assert.Equal(ManifestVerdict.End, Judge(Payload(To, Field(2, json), Field(2, allowed), NoSystemMessage)));
        Assert.Equal(ManifestVerdict.End, Judge(Field(1, Field(2, To, Field(2, json)), Field(2, Field(2, allowed), NoSystemMessage))));
        Assert.Equal(
            ManifestVerdict.End,
            Judge([.. For(Actor, json), .. For(Actor, allowed)]));
        Assert.Equal(
            ManifestVerdict.End,
            Judge(For(Actor, Message(6, "", Field(1, json), Field(1, allowed)))));
    }

    /// <summary>A number written as another kind of field is another field to Protobuf, which leaves it out.</summary>
    [Fact]
    public void A_field_of_another_kind_hides_nothing()
    {
        var disguised = Field(2, Field(1, "{}"), Number(2, 1), Fixed(2, 28_008), Field(3, "order-1"));
        Assert.Equal(ManifestVerdict.Pass, Judge(Payload(To, disguised, NoSystemMessage)));

        var onlyIds = new ManifestGuard([Read("serializer:4")]);
        Assert.Equal(
            ManifestVerdict.Drop,
            onlyIds.Judge(Payload(To, Field(2, Field(1, "{}"), Number(2, 1), Fixed(2, 4)), NoSystemMessage), out _));
    }

    [Fact]
    public void Instructions_heartbeats_and_acknowledgements_pass_and_what_cannot_be_read_ends_the_association()
    {
        Assert.Equal(ManifestVerdict.Pass, Judge(Field(2, Number(1, 3))));
        Assert.Equal(ManifestVerdict.Pass, Judge(Field(2, Number(1, 4))));
        Assert.Equal(ManifestVerdict.Pass, Judge(Field(1, Field(1, Fixed(1, 7)))));
        Assert.Equal(ManifestVerdict.End, Judge([1, 2, 3]));
        Assert.Equal(ManifestVerdict.End, Judge([]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("a*b")]
    [InlineData("serializer:")]
    [InlineData("serializer:ten")]
    public void What_is_no_entry_is_refused(string text) => Assert.False(AllowedManifest.TryRead(text, out _));

    [Fact]
    public void A_type_and_sender_is_warned_of_once_a_minute_and_all_of_them_ten_times_a_second()
    {
        var warnings = new RefusalWarnings();
        var now = new MonoTime(0);

        Assert.Equal(1, warnings.HandleRefused("t"u8, "s"u8, now));
        Assert.Equal(0, warnings.HandleRefused("t"u8, "s"u8, now));
        Assert.Equal(0, warnings.HandleRefused("t"u8, "s"u8, now + TimeSpan.FromSeconds(59)));
        Assert.Equal(3, warnings.HandleRefused("t"u8, "s"u8, now + TimeSpan.FromSeconds(60)));

        now += TimeSpan.FromMinutes(10);
        var said = Enumerable.Range(0, 5_000).Count(i => warnings.HandleRefused(Encoding.UTF8.GetBytes($"{i}"), "s"u8, now) > 0);
        Assert.Equal(RefusalWarnings.MostWarnings.Burst, said);
    }

    /// <summary>The manifests and numbers that are taken for Akka's are those of the packages.</summary>
    [Fact]
    public void What_passes_as_Akkas_is_what_its_serializers_write()
    {
        using var system = ActorSystem.Create("manifests", TestNode.ThreeLines);
        var serialization = system.Serialization;
        var misc = Assert.IsType<MiscMessageSerializer>(serialization.FindSerializerFor(new Identify(1)));
        Assert.Equal((16, "ID", "AID"), (misc.Identifier, misc.Manifest(new Identify(1)), misc.Manifest(new ActorIdentity(1, ActorRefs.Nobody))));
        Assert.Equal(17, serialization.FindSerializerFor("text").Identifier);
        foreach (var name in (string[])["Watch", "Unwatch", "DeathWatchNotification", "Supervise", "Suspend", "Terminate"])
        {
            var type = typeof(ActorSystem).Assembly.GetType($"Akka.Dispatch.SysMsg.{name}")!;
            Assert.Equal(22, serialization.FindSerializerForType(type).Identifier);
        }

        var written = typeof(MiscMessageSerializer).GetFields(BindingFlags.NonPublic | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(string)).Select(field => (string)field.GetValue(null)!).ToList();
        Assert.Contains("RWHB", written);
        Assert.Contains("RWHR", written);
    }

    private static AllowedManifest Read(string text) =>
        AllowedManifest.TryRead(text, out var allowed) ? allowed : throw new ArgumentException(text);

    private ManifestVerdict Judge(byte[] payload) => _guard.Judge(payload, out _);
}
