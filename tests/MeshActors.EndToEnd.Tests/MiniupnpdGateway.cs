using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using MeshActors.LinkLab.Linux;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A machine behind a gateway with miniupnpd and nftables, and one outside of it: three network namespaces.</summary>
/// <remarks>The gateway lets in only answers and what miniupnpd maps. Its public address is no reserved one, since miniupnpd refuses to map those; nothing leaves the namespaces.</remarks>
internal sealed class MiniupnpdGateway : IAsyncDisposable
{
    private const string Rules = """
        table inet filter {
          chain miniupnpd {
          }
          chain forward {
            type filter hook forward priority 0
            policy drop
            ct state established,related accept
            iifname "inner" accept
            jump miniupnpd
          }
          chain prerouting_miniupnpd {
          }
          chain prerouting {
            type nat hook prerouting priority -100
            jump prerouting_miniupnpd
          }
          chain postrouting_miniupnpd {
          }
          chain postrouting {
            type nat hook postrouting priority 100
            jump postrouting_miniupnpd
            oifname "outer" masquerade
          }
        }

        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TemporaryDirectory _temporary = new();
    private readonly NetworkNamespace _gateway;
    private readonly NetworkNamespace _inside;
    private readonly NetworkNamespace _outside;
    private readonly Process _daemon;

    private MiniupnpdGateway(bool byUpnp)
    {
        // Names of this process alone, so that what an earlier run left behind is in nobody's way.
        _gateway = NetworkNamespace.Create($"mesh-pm-gw-{Environment.ProcessId}");
        _inside = NetworkNamespace.Create($"mesh-pm-in-{Environment.ProcessId}");
        _outside = NetworkNamespace.Create($"mesh-pm-out-{Environment.ProcessId}");
        Join(_inside, "inner", Inside, Gateway);
        Join(_outside, "outer", Outside, Public);
        _inside.Ip("route", "add", "default", "via", Gateway.ToString());
        _gateway.Set(("ipv4/ip_forward", "1"));
        Run(_gateway, "nft", "-f", _temporary.Write("rules", Rules));
        var configuration = _temporary.Write("miniupnpd.conf", $"""
            ext_ifname=outer
            listening_ip=inner
            enable_natpmp={(byUpnp ? "no" : "yes")}
            enable_upnp={(byUpnp ? "yes" : "no")}
            secure_mode=yes
            lease_file={_temporary.PathOf("leases")}
            upnp_table_name=filter
            upnp_nat_table_name=filter
            upnp_forward_chain=miniupnpd
            upnp_nat_chain=prerouting_miniupnpd
            upnp_nat_postrouting_chain=postrouting_miniupnpd
            uuid=00000000-0000-0000-0000-000000000001
            allow 1024-65535 10.77.0.0/24 1024-65535
            deny 0-65535 0.0.0.0/0 0-65535

            """);
        _daemon = Process.Start(_gateway.Program("miniupnpd", "-d", "-f", configuration, "-P", _temporary.PathOf("pid")))!;
        _daemon.OutputDataReceived += (_, line) => Read(line.Data);
        _daemon.ErrorDataReceived += (_, line) => Read(line.Data);
        _daemon.BeginOutputReadLine();
        _daemon.BeginErrorReadLine();
    }

    public static IPAddress Gateway { get; } = IPAddress.Parse("10.77.0.1");

    public static IPAddress Inside { get; } = IPAddress.Parse("10.77.0.2");

    public static IPAddress Public { get; } = IPAddress.Parse("45.0.0.1");

    public static IPAddress Outside { get; } = IPAddress.Parse("45.0.0.2");

    /// <summary>Where nodes behind the gateway run.</summary>
    public NetworkNamespace Behind => _inside;

    /// <summary>Where nodes outside run.</summary>
    public NetworkNamespace Before => _outside;

    /// <summary>Sets it all up and waits until miniupnpd listens.</summary>
    /// <param name="byUpnp">Whether it speaks UPnP, and then neither PCP nor NAT-PMP.</param>
    public static async Task<MiniupnpdGateway> StartAsync(bool byUpnp = false)
    {
        var gateway = new MiniupnpdGateway(byUpnp);
        await gateway._listens.Task.WaitAsync(Patience);
        return gateway;
    }

    /// <summary>A UDP socket of the machine behind the gateway.</summary>
    public Socket OpenInside() => Open(_inside, Inside);

    /// <summary>A UDP socket of the machine outside.</summary>
    public Socket OpenOutside() => Open(_outside, Outside);

    /// <summary>The rules of the gateway, as nft lists them.</summary>
    public string ListRules() => Run(_gateway, "nft", "list", "ruleset");

    public async ValueTask DisposeAsync()
    {
        if (!_daemon.HasExited)
        {
            _daemon.Kill();
        }

        await _daemon.WaitForExitAsync();
        _daemon.Dispose();
        _gateway.Dispose();
        _inside.Dispose();
        _outside.Dispose();
        _temporary.Dispose();
    }

    private static Socket Open(NetworkNamespace place, IPAddress address) => place.Inside(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    });

    private static string Run(NetworkNamespace place, params string[] commandLine)
    {
        using var process = Process.Start(place.Program(commandLine))!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', commandLine)}: {errors}");
    }

    private void Read(string? line)
    {
        if (line?.Contains("Listening for NAT-PMP/PCP", StringComparison.Ordinal) == true
            || line?.Contains("HTTP listening on port", StringComparison.Ordinal) == true)
        {
            _listens.TrySetResult();
        }
    }

    /// <summary>A cable between a machine and the gateway; the name is that of the gateway's end.</summary>
    private void Join(NetworkNamespace machine, string name, IPAddress ofMachine, IPAddress ofGateway)
    {
        _gateway.Ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", machine.Name);
        _gateway.Ip("addr", "add", $"{ofGateway}/24", "dev", name);
        _gateway.Ip("link", "set", name, "up");
        machine.Ip("addr", "add", $"{ofMachine}/24", "dev", "eth0");
        machine.Ip("link", "set", "eth0", "up");
    }
}
