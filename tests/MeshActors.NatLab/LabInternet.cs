using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using MeshActors.LinkLab.Linux;
using MeshActors.TestKit.Nat;

namespace MeshActors.NatLab;

/// <summary>A bridge that stands for the internet, with servers at it, and hosts behind boxes around it, each a namespace of its own.</summary>
internal sealed class LabInternet : IDisposable
{
    private const string Bridge = "internet";
    private const int PublicBits = 8;

    private static readonly (string, string)[] Quiet = [("ipv6/conf/all/disable_ipv6", "1")];

    private readonly string _name;
    private readonly NetworkNamespace _core;
    private readonly List<NetworkNamespace> _others = [];
    private int _addresses;

    /// <param name="name">What the names of the namespaces begin with; no others of that name may exist.</param>
    /// <exception cref="LinuxCallException">Without root, or without what the laboratory needs of the system.</exception>
    public LabInternet(string name)
    {
        _name = name;
        _core = NetworkNamespace.Create($"{name}-core");
        try
        {
            _core.Set(Quiet);
            _core.Ip("link", "set", "lo", "up");
            _core.Ip("link", "add", Bridge, "type", "bridge");
            _core.Ip("link", "set", Bridge, "up");
            foreach (var server in Servers)
            {
                _core.Ip("address", "add", $"{server}/{PublicBits}", "dev", Bridge);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Addresses of servers, all at the bridge.</summary>
    public static IReadOnlyList<IPAddress> Servers { get; } =
        [IPAddress.Parse("45.9.0.1"), IPAddress.Parse("45.9.0.2"), IPAddress.Parse("45.9.0.3")];

    /// <summary>A socket of a server.</summary>
    public LabSocket Serve(IPAddress address, int port) => LabSocket.Open(_core, address, port);

    /// <summary>Builds the boxes of a kind and a host behind them.</summary>
    /// <param name="name">Of the host; boxes are named after it.</param>
    /// <param name="kind">A kind of the matrix.</param>
    /// <returns>Where the host's programs run, and its address.</returns>
    public (NetworkNamespace Place, IPAddress Address) Connect(string name, NatKind kind)
    {
        var outside = string.Create(CultureInfo.InvariantCulture, $"45.0.0.{++_addresses}");
        var rules = LabRules.Of(kind, outside);
        var host = Create(name);
        var (upper, address, bits) = (_core, outside, PublicBits);
        for (var left = rules.Count - 1; left >= 0; left--)
        {
            var box = Create($"{name}-box{left + 1}");
            Join(upper, box, $"{name}{left + 1}", "out", address, bits);
            box.Set(("ipv4/ip_forward", "1"));
            Load(box, rules[left]);

            // Home networks at the host, the carrier's between two boxes (RFC 6598).
            var (network, own) = left == 0 ? ("192.168.1", 10) : ("100.64.0", 2);
            (upper, address, bits) = (box, $"{network}.{own}", 24);
        }

        Join(upper, host, $"{name}0", "out", address, bits);
        return (host, IPAddress.Parse(address));
    }

    public void Dispose()
    {
        foreach (var place in _others)
        {
            place.Dispose();
        }

        _core.Dispose();
    }

    private NetworkNamespace Create(string name)
    {
        var place = NetworkNamespace.Create($"{_name}-{name}");
        _others.Add(place);
        place.Set(Quiet);
        place.Ip("link", "set", "lo", "up");
        return place;
    }

    /// <summary>Joins two namespaces by a pair of devices; the lower one gets an address of the upper one's network, and its default route.</summary>
    private void Join(NetworkNamespace upper, NetworkNamespace lower, string port, string device, string address, int bits)
    {
        var inCore = upper == _core;
        var upperDevice = inCore ? port : "in";
        upper.Ip("link", "add", upperDevice, "type", "veth", "peer", "name", device, "netns", lower.Name);
        lower.Ip("address", "add", $"{address}/{bits}", "dev", device);
        lower.Ip("link", "set", device, "up");
        if (inCore)
        {
            upper.Ip("link", "set", upperDevice, "master", Bridge, "up");
            return;
        }

        var gateway = string.Concat(address.AsSpan(0, address.LastIndexOf('.')), ".1");
        upper.Ip("address", "add", $"{gateway}/{bits}", "dev", upperDevice);
        upper.Ip("link", "set", upperDevice, "up");
        lower.Ip("route", "add", "default", "via", gateway);
    }

    private static void Load(NetworkNamespace place, string rules)
    {
        using var process = Process.Start(place.Program("nft", "-f", "-"))!;
        process.StandardInput.Write(rules);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new LinuxCallException($"nft in {place.Name}: {error.Trim()}");
        }
    }
}
