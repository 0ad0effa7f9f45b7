using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace MeshActors.Benchmarks.Relays;

/// <summary>coturn's TURN server with one relay thread, held to a core, without credentials: nothing in it but forwarding.</summary>
internal sealed class TurnServer : IDisposable
{
    private readonly Process _process;
    private readonly string _pidFile;

    private TurnServer(Process process, IPEndPoint endpoint, string pidFile)
    {
        _process = process;
        _pidFile = pidFile;
        Endpoint = endpoint;
    }

    public IPEndPoint Endpoint { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it on a free port of the loopback interface.</summary>
    /// <exception cref="BenchException">It is not installed or does not start.</exception>
    public static async Task<TurnServer> StartAsync(int core)
    {
        int port;
        using (var free = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            port = ((IPEndPoint)free.LocalEndPoint!).Port;
        }

        var pidFile = Path.Combine(Path.GetTempPath(), $"mesh-bench-turn-{port}.pid");
        string[] line =
        [
            "-c", core.ToString(System.Globalization.CultureInfo.InvariantCulture), "turnserver",
            "-n", "--no-auth", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", $"--listening-port={port}", "--allow-loopback-peers",
            "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--no-tcp-relay", "-m", "1", "--log-file=/dev/null", "--no-rfc5780",
            $"--pidfile={pidFile}", "--stale-nonce=0",
        ];
        var start = new ProcessStartInfo("taskset", line) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new BenchException("taskset and turnserver are needed (packages util-linux and coturn).", failure);
        }

        // What it prints is of no interest, but must be taken.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Task.Delay(TimeSpan.FromSeconds(1));
        return process.HasExited
            ? throw new BenchException($"turnserver has ended with {process.ExitCode}.")
            : new TurnServer(process, new IPEndPoint(IPAddress.Loopback, port), pidFile);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        File.Delete(_pidFile);
    }
}
