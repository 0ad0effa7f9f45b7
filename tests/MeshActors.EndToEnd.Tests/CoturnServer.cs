using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.EndToEnd.Tests;

/// <summary>coturn's server as a child on loopback: STUN on two IPv4 addresses and one IPv6 address, two ports each.</summary>
internal sealed class CoturnServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _temporary = new();
    private readonly Process _process;

    private CoturnServer()
    {
        IPAddress[] addresses = [IPAddress.Loopback, IPAddress.Parse("127.0.0.2"), IPAddress.IPv6Loopback];
        Port = FreePorts.Find(addresses);
        OtherPort = FreePorts.Find(addresses);
        var configuration = _temporary.Write("turnserver.conf", $"""
            listening-ip=127.0.0.1
            listening-ip=127.0.0.2
            listening-ip=::1
            listening-port={Port}
            alt-listening-port={OtherPort}
            stun-only
            no-tls
            no-dtls
            no-tcp
            no-cli
            log-file={_temporary.PathOf("log")}
            simple-log
            pidfile={_temporary.PathOf("pid")}
            userdb={_temporary.PathOf("turndb")}

            """);
        _process = Process.Start(new ProcessStartInfo("turnserver", ["-c", configuration])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    public int OtherPort { get; }

    /// <summary>Starts it and waits until its ports are taken.</summary>
    public static async Task<CoturnServer> StartAsync()
    {
        var server = new CoturnServer();
        using var deadline = new CancellationTokenSource(Patience);
        foreach (var address in (IPAddress[])[IPAddress.Parse("127.0.0.2"), IPAddress.IPv6Loopback])
        {
            while (!server._process.HasExited && IsFree(new IPEndPoint(address, server.OtherPort)))
            {
                await Task.Delay(50, deadline.Token);
            }
        }

        return server._process.HasExited
            ? throw new InvalidOperationException($"turnserver ended with {server._process.ExitCode}")
            : server;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _temporary.Dispose();
    }

    private static bool IsFree(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
