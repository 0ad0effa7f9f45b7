using System;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Akka.Remote.Transport;
using Google.Protobuf;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>What Akka.Remote's own specs ask of every transport, asked of ours and of Akka's TCP alike.</summary>
public abstract class GenericTransportSpecs : IAsyncLifetime, IDisposable
{
    private const int LargeBytes = 100_000;

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    private RawTransport _a = null!;
    private RawTransport _b = null!;

    public async Task InitializeAsync()
    {
        _a = await StartAsync();
        _b = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Listening_gives_an_address_of_the_transports_scheme()
    {
        Assert.Equal(_a.Transport.SchemeIdentifier, _a.Address.Protocol);
        Assert.True(_a.Address is { Host: not null, Port: > 0 });
        Assert.True(_a.Transport.IsResponsibleFor(_b.Address));
    }

    [Fact]
    public async Task An_association_has_a_handle_on_either_side()
    {
        var (here, there) = await _a.AssociateAsync(_b);

        // TCP calls the side that dialled by the port that the connection left from.
        Assert.Equal((_b.Address, _b.Address), (here.RemoteAddress, there.LocalAddress));
        Assert.Equal(_a.Address.Host, here.LocalAddress.Host);
        Assert.Equal(_a.Address.System, there.RemoteAddress.System);
    }

    [Fact]
    public async Task Associating_with_nobody_fails()
    {
        var nobody = await StartAsync();
        await nobody.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => _a.Transport.Associate(nobody.Address).WaitAsync(_deadline.Token));
    }

    [Fact]
    public async Task Payloads_arrive_whole_and_in_order_on_both_sides()
    {
        var (here, there) = await _a.AssociateAsync(_b);
        var (atA, atB) = (RawTransport.Listen(here), RawTransport.Listen(there));

        for (var number = 0; number < 50; number++)
        {
            Assert.True(here.Write(Payload(number, (number * LargeBytes / 50) + 1)));
            Assert.True(there.Write(Payload(number, 10)));
        }

        await ReadAsync(atB);
        for (var number = 0; number < 50; number++)
        {
            Assert.Equal(Payload(number, (number * LargeBytes / 50) + 1), await ReadAsync(atB));
            Assert.Equal(Payload(number, 10), await ReadAsync(atA));
        }
    }

    [Fact]
    public async Task Disassociating_ends_the_other_side_behind_what_was_written()
    {
        var (here, there) = await _a.AssociateAsync(_b);
        var atB = RawTransport.Listen(there);

        Assert.True(here.Write(Payload(1, 1_000)));
        Disassociate(here);

        var payload = Assert.Single(await RawTransport.ReadToEndAsync(atB, _deadline.Token));
        Assert.Equal(1_000, payload.Length);
    }

    [Fact]
    public async Task Both_sides_may_associate_at_the_same_time()
    {
        var both = await Task.WhenAll(_a.AssociateAsync(_b), _b.AssociateAsync(_a));

        foreach (var (here, there) in both)
        {
            var arrived = RawTransport.Listen(there);
            Assert.True(here.Write(Payload(7, 70)));
            await ReadAsync(arrived);
            Assert.Equal(Payload(7, 70), await ReadAsync(arrived));
        }
    }

    [Fact]
    public async Task Several_associations_between_the_same_two_are_independent()
    {
        var (first, atFirst) = await _a.AssociateAsync(_b);
        var (second, atSecond) = await _a.AssociateAsync(_b);

        Disassociate(first);
        await RawTransport.ReadToEndAsync(RawTransport.Listen(atFirst), _deadline.Token);

        var arrived = RawTransport.Listen(atSecond);
        Assert.True(second.Write(Payload(2, 20)));
        await ReadAsync(arrived);
        Assert.Equal(Payload(2, 20), await ReadAsync(arrived));
    }

    [Fact]
    public async Task A_transport_that_shuts_down_ends_its_associations_and_takes_no_more()
    {
        var (_, there) = await _a.AssociateAsync(_b);
        var atB = RawTransport.Listen(there);

        Assert.True(await _a.Transport.Shutdown());

        await RawTransport.ReadToEndAsync(atB, _deadline.Token);
        await Assert.ThrowsAnyAsync<Exception>(() => _b.Transport.Associate(_a.Address).WaitAsync(_deadline.Token));
    }

    private protected abstract Task<RawTransport> StartAsync();

    protected virtual void Dispose(bool disposing) => _deadline.Dispose();

    private static ByteString Payload(int number, int size) =>
        ByteString.CopyFrom([.. Enumerable.Range(0, size).Select(index => (byte)(((index + number) % 251) + 1))]);

    private async Task<ByteString> ReadAsync(ChannelReader<IHandleEvent> events) =>
        Assert.IsType<InboundPayload>(await events.ReadAsync(_deadline.Token)).Payload;

    private static void Disassociate(AssociationHandle handle) => handle.Disassociate("the test says so", Akka.Event.NoLogger.Instance);
}
