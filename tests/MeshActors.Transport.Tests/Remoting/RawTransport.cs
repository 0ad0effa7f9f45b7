using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport;
using Google.Protobuf;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using AkkaTransport = Akka.Remote.Transport.Transport;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>A transport as Akka.Remote holds it, without Akka.Remote above it.</summary>
internal sealed class RawTransport : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly Listener<AssociationHandle> _accepted = new();

    private RawTransport(ActorSystem system, AkkaTransport transport, Address address)
    {
        _system = system;
        Transport = transport;
        Address = address;
    }

    public AkkaTransport Transport { get; }

    public Address Address { get; }

    /// <summary>Starts a mesh transport in a system of its own.</summary>
    public static Task<RawTransport> StartAsync(FleetSecret secret, string hocon = "") => StartAsync(
        BootstrapSetup.Create().And(new MeshTransportSetup { Trust = new TrustSettings(0, [secret], []) }),
        system => new MeshTransport(system, ConfigurationFactory.ParseString(hocon)));

    /// <summary>Starts Akka's own TCP transport in a system of its own, on any port of loopback.</summary>
    public static Task<RawTransport> StartTcpAsync() => StartAsync(ActorSystemSetup.Create(), system =>
    {
        var section = ConfigurationFactory.ParseString("hostname = \"127.0.0.1\"\nport = 0")
            .WithFallback(ConfigurationFactory.FromResource("Akka.Remote.Configuration.Remote.conf", typeof(AkkaTransport).Assembly).GetConfig("akka.remote.dot-netty.tcp"));
        var type = Type.GetType(section.GetString("transport-class"), throwOnError: true)!;
        return (AkkaTransport)Activator.CreateInstance(type, system, section)!;
    });

    private static async Task<RawTransport> StartAsync(ActorSystemSetup setup, Func<ActorSystem, AkkaTransport> make)
    {
        var system = ActorSystem.Create(
            "raw", setup.And(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString("akka.loglevel = OFF"))));
        var transport = make(system);
        var (address, listener) = await transport.Listen();
        var raw = new RawTransport(system, transport, address);
        listener.SetResult(raw._accepted);
        return raw;
    }

    /// <summary>The next association that another side has opened.</summary>
    public ValueTask<AssociationHandle> AcceptAsync(CancellationToken cancellation = default) =>
        _accepted.Events.ReadAsync(cancellation);

    /// <summary>Opens an association to another transport and sends Akka's ASSOCIATE, which that side wants first.</summary>
    public async Task<(AssociationHandle Here, AssociationHandle There)> AssociateAsync(RawTransport other)
    {
        var here = await Transport.Associate(other.Address);
        here.Write(AssociateFrom(Address));
        return (here, await other.AcceptAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Transport.Shutdown();
        await _system.Terminate();
    }

    /// <summary>Sets the listener of an association; its events are read from the channel.</summary>
    public static ChannelReader<IHandleEvent> Listen(AssociationHandle handle)
    {
        var listener = new Listener<IHandleEvent>();
        handle.ReadHandlerSource.SetResult(listener);
        return listener.Events;
    }

    /// <summary>All payloads until the association ends, the ASSOCIATE left out.</summary>
    public static async Task<List<ByteString>> ReadToEndAsync(ChannelReader<IHandleEvent> events, CancellationToken cancellation)
    {
        var payloads = new List<ByteString>();
        while (await events.ReadAsync(cancellation) is InboundPayload payload)
        {
            payloads.Add(payload.Payload);
        }

        return [.. payloads.Skip(1)];
    }

    /// <summary>Akka's ASSOCIATE: instruction (2) { command ASSOCIATE (1), handshake info (2) { origin (1), uid (2) } }.</summary>
    internal static ByteString AssociateFrom(Address address)
    {
        var origin = Message(output =>
        {
            output.WriteRawTag(10);
            output.WriteString(address.System);
            output.WriteRawTag(18);
            output.WriteString(address.Host);
            output.WriteRawTag(24);
            output.WriteUInt32((uint)address.Port!.Value);
            output.WriteRawTag(34);
            output.WriteString("akka.mesh");
        });
        var handshake = Message(output =>
        {
            output.WriteRawTag(10);
            output.WriteBytes(origin);
            output.WriteRawTag(17);
            output.WriteFixed64(7);
        });
        var instruction = Message(output =>
        {
            output.WriteRawTag(8);
            output.WriteEnum(1);
            output.WriteRawTag(18);
            output.WriteBytes(handshake);
        });
        return Message(output =>
        {
            output.WriteRawTag(18);
            output.WriteBytes(instruction);
        });
    }

    private static ByteString Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            write(output);
        }

        return ByteString.CopyFrom(bytes.ToArray());
    }

    private sealed class Listener<T> : IHandleEventListener, IAssociationEventListener
    {
        private readonly Channel<T> _events = Channel.CreateUnbounded<T>();

        public ChannelReader<T> Events => _events.Reader;

        public void Notify(IHandleEvent ev) => _events.Writer.TryWrite((T)ev);

        public void Notify(IAssociationEvent ev) =>
            _events.Writer.TryWrite((T)(object)((InboundAssociation)ev).Association);
    }
}
