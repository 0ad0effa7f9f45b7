using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Remote.Transport;
using CsCheck;
using Google.Protobuf;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>What a real Akka.Remote writes, as the transport reads it.</summary>
[Collection(RealTransports.Name)]
public sealed class PayloadAddressTests : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    private readonly FleetSecret _secret = FleetSecret.Generate(SystemRandomSource.Instance);
    private readonly List<Found> _seen = [];
    private ChannelReader<IHandleEvent>? _events;
    private RawTransport _raw = null!;
    private TestNode _node = null!;

    public async Task InitializeAsync()
    {
        _raw = await RawTransport.StartAsync(_secret);
        _node = TestNode.Start("a", setup: new MeshTransportSetup { Trust = new TrustSettings(0, [_secret], []) });
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _raw.DisposeAsync();
    }

    public void Dispose()
    {
        _secret.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task A_reference_and_a_selection_of_one_actor_have_the_same_recipient_and_wildcards_have_none()
    {
        var reference = ((ExtendedActorSystem)_node.System).Provider.ResolveActorRef($"{Remote}/user/a/b#17");
        reference.Tell("by reference");
        _node.System.ActorSelection($"{Remote}/user/a/b").Tell("by selection");
        _node.System.ActorSelection($"{Remote}/user/a/*").Tell("to several");
        _node.System.ActorSelection($"{Remote}/user/a/c").Tell("to another");

        var users = await ReadAsync(4, PayloadKind.User);

        Assert.Equal(HashOf("/user/a/b"), users[0].Hash);
        Assert.Equal(users[0].Hash, users[1].Hash);
        Assert.Null(users[2].Hash);
        Assert.Equal(HashOf("/user/a/c"), users[3].Hash);
        Assert.Equal("akka.mesh", users[0].Recipient[..9]);
        Assert.All(users, user => Assert.Equal(users[0].Serializer, user.Serializer));
    }

    [Fact]
    public async Task Watching_is_a_system_message_for_the_remote_watcher_whose_heartbeats_are_selections_of_it()
    {
        var reference = ((ExtendedActorSystem)_node.System).Provider.ResolveActorRef($"{Remote}/user/a");
        _node.Kit.CreateTestProbe().Watch(reference);

        var system = (await ReadAsync(1, PayloadKind.System))[0];
        var heartbeat = (await ReadAsync(1, PayloadKind.User))[0];

        Assert.Equal(HashOf("/user/a"), system.Hash);
        Assert.Equal(HashOf("/system/remote-watcher"), heartbeat.Hash);
        Assert.Equal("RWHB", heartbeat.Manifest);
    }

    /// <summary>Whatever comes: it is read as something or as nothing, and what was read lies within it.</summary>
    [Fact]
    public void Nothing_that_comes_makes_it_throw() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        var address = PayloadAddress.Read(bytes);
        Assert.InRange(address.Recipient.Length + address.Manifest.Length, 0, bytes.Length);
    });

    private Address Remote => _raw.Address.WithProtocol("akka.mesh");

    private static ulong HashOf(string path)
    {
        var hash = new PathHash();
        hash.AddPath(Encoding.UTF8.GetBytes(path));
        return hash.Value;
    }

    /// <summary>The next payloads of a kind; others are remembered.</summary>
    private async Task<IReadOnlyList<Found>> ReadAsync(int count, PayloadKind kind)
    {
        if (_events is null)
        {
            var handle = await _raw.AcceptAsync(_deadline.Token);
            _events = RawTransport.Listen(handle);
            handle.Write(RawTransport.AssociateFrom(Remote));
        }

        while (_seen.FindAll(found => found.Kind == kind).Count < count)
        {
            var payload = Assert.IsType<InboundPayload>(await _events.ReadAsync(_deadline.Token)).Payload;
            _seen.Add(Found.Of(payload));
        }

        return _seen.FindAll(found => found.Kind == kind);
    }

    private sealed record Found(PayloadKind Kind, string Recipient, ulong? Hash, int Serializer, string Manifest)
    {
        public static Found Of(ByteString payload)
        {
            var address = PayloadAddress.Read(payload.Span);
            return new Found(
                address.Kind, Encoding.UTF8.GetString(address.Recipient), address.Hash, address.Serializer, Encoding.UTF8.GetString(address.Manifest));
        }
    }
}
