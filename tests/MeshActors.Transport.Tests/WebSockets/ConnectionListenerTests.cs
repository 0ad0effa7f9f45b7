using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Time;
using MeshActors.Transport.WebSockets;
using Xunit;

namespace MeshActors.Transport.Tests.WebSockets;

/// <summary>What strangers may do to a relay over TCP, with the bounds made small.</summary>
public sealed class ConnectionListenerTests : IAsyncDisposable
{
    private const string Request = "GET /mesh HTTP/1.1\r\nHost: r\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mesh.v1\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(150);

    private readonly X509Certificate2 _certificate = RelayCertificate.Create(Clock.System.UtcNow);
    private readonly ConnectionCounters _counters = new();
    private readonly List<DatagramConnection> _accepted = [];
    private readonly List<IDisposable> _open = [];
    private ConnectionListener? _listener;

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(client => client.Dispose());
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _certificate.Dispose();
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_cut_off_before_tls_and_after()
    {
        Listen(new ConnectionSettings { SetupTime = Soon });
        var silent = await DialAsync();
        await using var slow = await TlsAsync(await DialAsync());
        await slow.WriteAsync("GET /me"u8.ToArray());

        Assert.Equal(0, await ReadAllAsync(silent.GetStream()));
        Assert.Equal(0, await ReadAllAsync(slow));
        await Until(() => _counters.Snapshot().Failed == 2);
        Assert.Empty(_accepted);
    }

    [Theory]
    [InlineData("POST /mesh HTTP/1.1\r\n\r\n", "HTTP/1.1 405 ")]
    [InlineData("GET /other HTTP/1.1\r\n\r\n", "HTTP/1.1 404 ")]
    [InlineData("GET /mesh HTTP/1.1\r\nHost: r\r\n\r\n", "HTTP/1.1 426 ")]
    [InlineData("\u0016\u0003\u0001 garbage\r\n\r\n", "HTTP/1.1 400 ")]
    public async Task What_is_no_upgrade_is_told_so_and_cut_off(string request, string answer)
    {
        Listen(new ConnectionSettings());
        await using var client = await TlsAsync(await DialAsync());

        await client.WriteAsync(Encoding.Latin1.GetBytes(request));

        Assert.StartsWith(answer, await ReadTextAsync(client), StringComparison.Ordinal);
        await Until(() => _counters.Snapshot().Failed == 1);
        Assert.Empty(_accepted);
    }

    [Fact]
    public async Task A_head_without_an_end_is_not_read_on()
    {
        Listen(new ConnectionSettings());
        await using var client = await TlsAsync(await DialAsync());

        await client.WriteAsync(Encoding.ASCII.GetBytes("GET /mesh HTTP/1.1\r\nX: " + new string('x', UpgradeReader.MostBytes)));

        Assert.StartsWith("HTTP/1.1 431 ", await ReadTextAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_instead_of_tls_and_tls_of_before_are_cut_off()
    {
        Listen(new ConnectionSettings());
        var garbage = await DialAsync();
        await garbage.GetStream().WriteAsync(new byte[1_000]);

        await ReadAllAsync(garbage.GetStream());
        await Assert.ThrowsAnyAsync<Exception>(async () => await TlsAsync(await DialAsync(), SslProtocols.Tls12));
        await Until(() => _counters.Snapshot().Failed == 2);
        Assert.Empty(_accepted);
    }

    [Fact]
    public async Task One_network_has_so_many_connections_and_one_that_ends_makes_room()
    {
        Listen(new ConnectionSettings { MaxFromOneNetwork = 3 });
        var first = await UpgradedAsync();
        await UpgradedAsync();
        await UpgradedAsync();

        Assert.Equal(0, await ReadAllAsync((await DialAsync()).GetStream()));
        Assert.Equal(1, _counters.Snapshot().Refused);

        await first.DisposeAsync();
        await Until(() => _counters.Snapshot().Open == 2);
        await UpgradedAsync();
        Assert.Equal(4, _counters.Snapshot().Accepted);
    }

    [Fact]
    public async Task All_together_have_so_many_connections()
    {
        Listen(new ConnectionSettings { MaxAccepted = 2 });
        await UpgradedAsync();
        await DialAsync();

        Assert.Equal(0, await ReadAllAsync((await DialAsync()).GetStream()));
        Assert.Equal(1, _counters.Snapshot().Refused);
    }

    [Fact]
    public async Task A_client_that_answers_no_ping_is_cut_off()
    {
        Listen(new ConnectionSettings { PingAfter = Soon, PongTime = Soon });

        var client = await UpgradedAsync();

        // The ping comes, and then the end.
        Assert.InRange(await ReadAllAsync(client), 2, 200);
        await Until(() => _accepted[0].IsEnded);
        Assert.Equal(0, _counters.Snapshot().Open);
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0x81, 0, 0, 0, 0, (byte)'x' })]
    [InlineData(new byte[] { 0x82, 0x01, 7, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0xF2, 0x81, 0, 0, 0, 0, 7 })]
    [InlineData(new byte[] { 0x88, 0x80, 0, 0, 0, 0 })]
    public async Task Text_frames_without_a_mask_reserved_bits_and_a_close_end_a_connection(byte[] frame)
    {
        Listen(new ConnectionSettings());
        var client = await UpgradedAsync();

        await client.WriteAsync(frame);

        await Until(() => _accepted[0].IsEnded);
        Assert.True(_accepted[0].Peek().IsEmpty);
    }

    [Fact]
    public async Task A_message_of_more_than_64_KiB_ends_a_connection()
    {
        Listen(new ConnectionSettings());
        var client = await UpgradedAsync();
        byte[] head = [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0];

        await client.WriteAsync(head);
        await client.WriteAsync(new byte[65_537]);

        await Until(() => _accepted[0].IsEnded);
        Assert.True(_accepted[0].Peek().IsEmpty);
    }

    [Fact]
    public async Task The_next_message_is_not_read_before_the_driver_took_the_one_before()
    {
        Listen(new ConnectionSettings());
        var client = await UpgradedAsync();
        foreach (byte value in (byte[])[1, 2])
        {
            await client.WriteAsync(new byte[] { 0x82, 0x83, 0, 0, 0, 0, 0, 1, value });
        }

        await Until(() => !_accepted[0].Peek().IsEmpty);
        Assert.Equal([0, 1, 1], _accepted[0].Peek().ToArray());
        _accepted[0].Take();
        await Until(() => !_accepted[0].Peek().IsEmpty);
        Assert.Equal([0, 1, 2], _accepted[0].Peek().ToArray());
    }

    [Fact]
    public async Task What_cannot_be_sent_does_not_pile_up()
    {
        Listen(new ConnectionSettings { MaxWaitingBytes = 10_000 });
        await UpgradedAsync();
        var connection = _accepted[0];

        // Nobody flushes, so all of it waits.
        for (var i = 0; i < 20; i++)
        {
            connection.Send(new byte[998]);
        }

        Assert.Equal(10, _counters.Snapshot().DatagramsSent);
        Assert.Equal(10, _counters.Snapshot().DatagramsDropped);
    }

    private void Listen(ConnectionSettings settings) => _listener = new ConnectionListener(
        new IPEndPoint(IPAddress.Loopback, 0),
        _certificate,
        settings,
        _counters,
        _ =>
        {
            var connection = new DatagramConnection(settings, _counters, () => { });
            _accepted.Add(connection);
            return connection;
        },
        Clock.System);

    private async Task<TcpClient> DialAsync()
    {
        var client = new TcpClient();
        _open.Add(client);
        await client.ConnectAsync(_listener!.LocalEndpoint);
        return client;
    }

    private async Task<SslStream> TlsAsync(TcpClient client, SslProtocols protocols = SslProtocols.Tls13)
    {
        var stream = new SslStream(client.GetStream());
        _open.Add(stream);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "relay",
            EnabledSslProtocols = protocols,
#pragma warning disable CA5359 // As nodes do.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        }).WaitAsync(Patience);
        return stream;
    }

    private async Task<SslStream> UpgradedAsync()
    {
        var (stream, before) = (await TlsAsync(await DialAsync()), _counters.Snapshot().Accepted);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Request));
        var answer = new byte[1_000];
        var length = await stream.ReadAsync(answer).AsTask().WaitAsync(Patience);
        Assert.StartsWith("HTTP/1.1 101 ", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        await Until(() => _counters.Snapshot().Accepted == before + 1);
        return stream;
    }

    private static async Task<string> ReadTextAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await CopyAsync(stream, all);
        return Encoding.ASCII.GetString(all.ToArray());
    }

    /// <summary>Reads to the end, whichever way it comes.</summary>
    private static async Task<long> ReadAllAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await CopyAsync(stream, all);
        return all.Length;
    }

    private static async Task CopyAsync(Stream from, MemoryStream to)
    {
        try
        {
            await from.CopyToAsync(to).WaitAsync(Patience);
        }
        catch (IOException)
        {
            // Reset by the other side.
        }
    }

    private static async Task Until(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), Clock.System.Provider, patience.Token);
        }
    }
}
