using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Nodes;

namespace MeshActors.Conventions.Tests;

internal static class TunnelExample
{
    public static async Task RunAsync()
    {
        var secret = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        TunnelNode.CreateFleetSecret(secret);
        await using var server = await TunnelNode.StartAsync(new() { FleetSecretFiles = [secret], Serve = Count });
        await using var client = await TunnelNode.StartAsync(new() { FleetSecretFiles = [secret] });

        var tunnel = await client.OpenAsync(server.Self);
        var first = await tunnel.SendAsync("1"u8.ToArray(), new RequestOptions { Timeout = TimeSpan.FromSeconds(5) });
        Console.WriteLine($"{Encoding.UTF8.GetString(first.Span)}, says the node at {tunnel.Address}");
        await foreach (var part in tunnel.StreamAsync("3"u8.ToArray()))
        {
            Console.WriteLine(Encoding.UTF8.GetString(part.Span));
        }

        tunnel.TrySendDatagram("worth nothing in a second"u8.ToArray(), TimeSpan.FromSeconds(1));
        await foreach (var datagram in (await FirstAsync(server.AcceptAsync())).ReadDatagramsAsync())
        {
            Console.WriteLine(Encoding.UTF8.GetString(datagram.Span));
            break;
        }

        await tunnel.CloseAsync("done");
        File.Delete(secret);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Count(
        TunnelRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 1; i <= int.Parse(request.Bytes.Span); i++)
        {
            yield return Encoding.UTF8.GetBytes($"{i} of {Encoding.UTF8.GetString(request.Bytes.Span)}");
            await Task.Yield();
        }
    }

    private static async Task<PeerTunnel> FirstAsync(IAsyncEnumerable<PeerTunnel> tunnels)
    {
        await foreach (var tunnel in tunnels)
        {
            return tunnel;
        }

        throw new EndOfStreamException();
    }
}
