using System.Collections.Generic;
using System.Linq;
using Akka.Remote.Transport;
using Google.Protobuf;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class InboundEventsTests
{
    private readonly List<int> _released = [];
    private readonly InboundEvents _events = new();
    private readonly Listener _listener = new();

    [Fact]
    public void Payloads_and_the_end_are_held_until_there_is_a_listener_and_keep_their_credit()
    {
        _events.Add(Payload(1), _released.Add);
        _events.Add(Payload(2), _released.Add);
        _events.Add(new Disassociated(DisassociateInfo.Unknown));
        Assert.Empty(_released);

        _events.Attach(_listener);

        Assert.Equal([1, 2], _listener.Payloads);
        Assert.Single(_listener.Events.OfType<Disassociated>());
        Assert.IsType<Disassociated>(_listener.Events.Last());
        Assert.Equal([1, 2], _released);
    }

    [Fact]
    public void With_a_listener_each_payload_passes_at_once_and_gives_its_credit_back()
    {
        _events.Attach(_listener);

        _events.Add(Payload(3), _released.Add);

        Assert.Equal([3], _listener.Payloads);
        Assert.Equal([3], _released);
    }

    [Fact]
    public void The_end_is_told_once_and_nothing_follows_it()
    {
        _events.Attach(_listener);

        _events.Add(new Disassociated(DisassociateInfo.Unknown));
        _events.Add(Payload(1), _released.Add);
        _events.Add(new Disassociated(DisassociateInfo.Unknown));

        Assert.IsType<Disassociated>(Assert.Single(_listener.Events));
    }

    private static InboundPayload Payload(int length) => new(ByteString.CopyFrom(new byte[length]));

    private sealed class Listener : IHandleEventListener
    {
        public List<IHandleEvent> Events { get; } = [];

        public IEnumerable<int> Payloads => Events.OfType<InboundPayload>().Select(payload => payload.Payload.Length);

        public void Notify(IHandleEvent ev) => Events.Add(ev);
    }
}
