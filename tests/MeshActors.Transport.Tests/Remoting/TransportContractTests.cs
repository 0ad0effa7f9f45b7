using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>What Akka.Remote relies on in a transport and in its association handles, over real sockets.</summary>
[Collection(RealTransports.Name)]
public sealed class TransportContractTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly FleetSecret _secret = FleetSecret.Generate(SystemRandomSource.Instance);
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    private RawTransport _a = null!;
    private RawTransport _b = null!;

    public async Task InitializeAsync()
    {
        _a = await RawTransport.StartAsync(_secret);
        _b = await RawTransport.StartAsync(_secret);
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    public void Dispose()
    {
        _secret.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task A_handle_carries_the_addresses_of_both_sides_and_equals_another_between_them()
    {
        var (here, there) = await _a.AssociateAsync(_b);
        var (again, _) = await _a.AssociateAsync(_b);

        Assert.Equal((_a.Address, _b.Address), (here.LocalAddress, here.RemoteAddress));
        Assert.Equal((_b.Address, _a.Address), (there.LocalAddress, there.RemoteAddress));
        Assert.Equal(here, again);
    }

    [Fact]
    public async Task The_name_of_the_dialled_system_is_not_checked()
    {
        var handle = await _a.Transport.Associate(_b.Address.WithSystem("another"));

        Assert.Equal("another", handle.RemoteAddress.System);
    }

    [Fact]
    public async Task Payloads_and_the_end_are_held_until_there_is_a_listener()
    {
        var (here, there) = await _a.AssociateAsync(_b);
        here.Write(Payload(1, 10));
        here.Write(Payload(2, 10));
        Disassociate(here);

        var payloads = await RawTransport.ReadToEndAsync(RawTransport.Listen(there), _deadline.Token);

        Assert.Equal([1, 2], payloads.Select(payload => payload[0] - 1));
    }

    [Fact]
    public async Task Disassociate_delivers_what_was_accepted_and_ends_both_sides()
    {
        var (here, there) = await _a.AssociateAsync(_b);
        var (eventsHere, eventsThere) = (RawTransport.Listen(here), RawTransport.Listen(there));

        var accepted = Enumerable.Range(0, 100).TakeWhile(number => here.Write(Payload((byte)number, 60_000))).Count();
        Disassociate(here);
        Disassociate(here);

        Assert.False(here.Write(Payload(0, 1)));
        var payloads = await RawTransport.ReadToEndAsync(eventsThere, _deadline.Token);
        Assert.InRange(accepted, 10, 100);
        Assert.Equal(Enumerable.Range(0, accepted), payloads.Select(payload => payload[0] - 1));
        Assert.IsType<Disassociated>(await eventsHere.ReadAsync(_deadline.Token));
    }

    [Fact]
    public async Task Shutdown_delivers_what_was_accepted_and_may_be_called_again()
    {
        var (here, there) = await _a.AssociateAsync(_b);
        var events = RawTransport.Listen(there);
        var accepted = Enumerable.Range(0, 100).TakeWhile(number => here.Write(Payload((byte)number, 60_000))).Count();

        Assert.True(await _a.Transport.Shutdown());
        Assert.True(await _a.Transport.Shutdown());

        Assert.Equal(accepted, (await RawTransport.ReadToEndAsync(events, _deadline.Token)).Count);
        await Assert.ThrowsAnyAsync<Exception>(() => _a.Transport.Associate(_b.Address));
    }

    [Fact]
    public async Task A_reader_that_does_not_read_makes_writes_be_refused_until_it_does()
    {
        var (here, there) = await _a.AssociateAsync(_b);
        var written = 0;
        while (written < 1_000 && here.Write(Payload((byte)(written % 250), 60_000)))
        {
            written++;
        }

        // 60 MB are more than all windows and buffers on the way hold; a heartbeat still passes.
        Assert.InRange(written, 10, 999);
        Assert.True(here.Write(Payload(0, 20)));

        var events = RawTransport.Listen(there);
        while (!here.Write(Payload((byte)(written % 250), 60_000)))
        {
            await events.ReadAsync(_deadline.Token);
        }

        Disassociate(here);
        Assert.True(there.ReadHandlerSource.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_payload_of_the_limit_and_an_envelope_passes_and_a_longer_one_is_refused()
    {
        var (here, there) = await _a.AssociateAsync(_b);
        var events = RawTransport.Listen(there);
        var limit = (int)_a.Transport.MaximumPayloadBytes + AssociationStream.EnvelopeTolerance;

        Assert.False(here.Write(Payload(1, limit + 1)));
        Assert.True(here.Write(Payload(2, limit)));
        Disassociate(here);

        var payload = Assert.Single(await RawTransport.ReadToEndAsync(events, _deadline.Token));
        Assert.Equal(limit, payload.Length);
    }

    [Fact]
    public async Task Writes_of_several_threads_arrive_once_and_each_threads_in_order()
    {
        const int Threads = 4;
        const int Messages = 500;
        var (here, there) = await _a.AssociateAsync(_b);
        var events = RawTransport.Listen(there);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var number = 0; number < Messages; number++)
            {
                while (!here.Write(Numbered(thread, number)))
                {
                    Thread.Yield();
                }
            }
        })));
        Disassociate(here);

        var next = new int[Threads];
        foreach (var payload in await RawTransport.ReadToEndAsync(events, _deadline.Token))
        {
            Assert.Equal(next[payload[0] - 1]++, (payload[1] << 8) | payload[2]);
        }

        Assert.All(next, count => Assert.Equal(Messages, count));
    }

    [Fact]
    public async Task Many_associations_at_once_in_both_directions_share_one_tunnel()
    {
        var both = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(number => (number % 2 == 0 ? _a : _b).Transport.Associate(
                number % 2 == 0 ? _b.Address : _a.Address)));

        Assert.Equal(8, both.Length);
        Assert.Single(MeshTunnels.For(_a.Transport.System).Snapshot());
        Assert.Single(MeshTunnels.For(_b.Transport.System).Snapshot());
    }

    [Fact]
    public async Task An_attempt_to_where_nobody_is_ends_by_itself_after_the_connect_timeout()
    {
        await using var dialler = await RawTransport.StartAsync(_secret, "connect-timeout = 300 ms");
        var gone = await RawTransport.StartAsync(_secret);
        await gone.DisposeAsync();

        var attempt = dialler.Transport.Associate(gone.Address);

        await Assert.ThrowsAsync<TimeoutException>(() => attempt.WaitAsync(Patience));
    }

    [Theory]
    [InlineData("no-such-host.invalid", 1, "cannot be resolved")]
    [InlineData("[::1]", 1, "no address of the family")]
    [InlineData("a91f.0000.7c2e", 1, "no directory")]
    public async Task An_address_that_can_never_be_reached_is_an_invalid_association(string host, int port, string why)
    {
        var attempt = _a.Transport.Associate(new Address("mesh", "raw", host, port));

        var failure = await Assert.ThrowsAsync<InvalidAssociationException>(() => attempt.WaitAsync(Patience));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_does_not_say_hello_in_time_leaves_no_handle_behind_and_is_told()
    {
        await using var dialler = await RawTransport.StartAsync(_secret, "connect-timeout = 5 s");
        await using var peer = SilentPeer.Start(_secret);
        var address = dialler.Address.WithPort(peer.Engine.LocalEndpoints[0].Port);

        var attempt = dialler.Transport.Associate(address);
        await peer.Greeted.WaitAsync(Patience);
        await Assert.ThrowsAsync<TimeoutException>(() => attempt.WaitAsync(Patience));

        Assert.Equal(AssociationResetCode.GivenUp, (await peer.Ended.WaitAsync(Patience)).Code);
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_holds_a_shutdown_up_for_no_longer_than_the_flush_wait()
    {
        var (here, _) = await _a.AssociateAsync(_b);
        while (here.Write(Payload(0, 60_000)))
        {
        }

        Assert.True(await _a.Transport.Shutdown().WaitAsync(TimeSpan.FromSeconds(10)));
    }

    /// <summary>No payload of Akka begins with a zero.</summary>
    private static ByteString Payload(byte first, int length)
    {
        var payload = new byte[length];
        payload[0] = (byte)(first + 1);
        return UnsafeByteOperations.UnsafeWrap(payload);
    }

    private static ByteString Numbered(int thread, int number) =>
        ByteString.CopyFrom((byte)(thread + 1), (byte)(number >> 8), unchecked((byte)number));

    private static void Disassociate(AssociationHandle handle) => handle.Disassociate("the test says so", Akka.Event.NoLogger.Instance);
}
