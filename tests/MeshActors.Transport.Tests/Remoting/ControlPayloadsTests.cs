using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class ControlPayloadsTests
{
    private readonly List<byte> _sent = [];
    private readonly ControlPayloads _payloads;
    private bool _writable = true;

    public ControlPayloadsTests()
    {
        _payloads = new ControlPayloads(TrySend);
    }

    [Fact]
    public void What_has_room_goes_at_once()
    {
        _payloads.Write(new byte[] { 1 });

        Assert.Equal([1], _sent);
    }

    [Fact]
    public void Without_room_the_latest_wait_and_the_oldest_are_dropped()
    {
        _writable = false;
        foreach (var number in Enumerable.Range(1, ControlPayloads.Most + 3))
        {
            _payloads.Write(new[] { (byte)number });
        }

        _writable = true;
        _payloads.Write(new byte[] { 99 });
        Assert.Empty(_sent);
        _payloads.Resume();

        Assert.Equal([.. Enumerable.Range(5, ControlPayloads.Most - 1).Select(number => (byte)number), 99], _sent);
    }

    private bool TrySend(ReadOnlyMemory<byte> message)
    {
        if (_writable)
        {
            _sent.Add(message.Span[0]);
        }

        return _writable;
    }
}
