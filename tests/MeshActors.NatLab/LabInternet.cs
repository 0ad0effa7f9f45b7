using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using MeshActors.LinkLab.Linux;
using MeshActors.TestKit.Nat;

namespace MeshActors.NatLab;

/// <summary>A bridge that stands for the internet, with servers at it, and hosts behind boxes around it, each a namespace of its own.</summary>
/// <remarks>Sites join the bridge, or the router that it belongs to by a link with delay and loss; one internet has sites of one sort.</remarks>
internal sealed class LabInternet : IDisposable
{
    private const string Bridge = "internet";
    private const int PublicBits = 8;

    private static readonly (string, string)[] Quiet = [("ipv6/conf/all/disable_ipv6", "1")];

    private readonly string _name;
    private readonly NetworkNamespace _core;
    private readonly List<LabSite> _sites = [];
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
            _core.Set(("ipv4/ip_forward", "1"));
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
    /// <param name="delay">Of its link to the internet, one way; null for none at all.</param>
    /// <param name="lossPercent">Of its link, each way, where there is a delay.</param>
    public LabSite Connect(string name, NatKind kind, TimeSpan? delay = null, double lossPercent = 0)
    {
        var outside = string.Create(CultureInfo.InvariantCulture, $"45.0.{++_addresses / 250}.{(_addresses % 250) + 1}");
        var rules = LabRules.Of(kind, outside);
        var site = new LabSite(IPAddress.Parse(outside));
        _sites.Add(site);
        var host = Create(site, name);
        var (upper, address, bits) = (_core, outside, PublicBits);
        for (var left = rules.Count; left >= 0; left--)
        {
            var lower = left == 0 ? host : Create(site, $"{name}-box{left}");
            if (upper == _core && delay is { } late)
            {
                site.Link = new LabLink(_core, lower, $"{name}-link", late, lossPercent);
                Join(lower, $"{name}-link", address);
            }
            else
            {
                Join(upper, lower, $"{name}{left}", address, bits);
            }

            if (left > 0)
            {
                lower.Set(("ipv4/ip_forward", "1"));
                Load(lower, rules[left - 1]);

                // Home networks at the host, the carrier's between two boxes (RFC 6598).
                var (network, own) = left == 1 ? ("192.168.1", 10) : ("100.64.0", 2);
                (upper, address, bits) = (lower, $"{network}.{own}", 24);
            }
        }

        (site.Place, site.Address) = (host, IPAddress.Parse(address));
        return site;
    }

    /// <summary>Takes a site away, with its processes' sockets.</summary>
    public void Remove(LabSite site)
    {
        _sites.Remove(site);
        site.Dispose();
    }

    /// <summary>Drops what goes from one site to another, and from that to the first when both ways are to be cut.</summary>
    public void Cut(LabSite from, LabSite to, bool bothWays) => Load(_core, $$"""
        table ip cut {
          chain pass {
            type filter hook forward priority filter
            ip saddr {{from.Outside}} ip daddr {{to.Outside}} drop
            {{(bothWays ? $"ip saddr {to.Outside} ip daddr {from.Outside} drop" : string.Empty)}}
          }
        }
        """);

    /// <summary>Lets everything pass again.</summary>
    public void Mend() => Load(_core, "table ip cut\ndelete table ip cut\n");

    /// <summary>Gives an open host behind a link with delay another address; the one before is gone.</summary>
    public void Move(LabSite site, string name, IPAddress to)
    {
        _core.Ip("route", "add", $"{to}/32", "dev", $"{name}-link");
        site.Place.Ip("address", "delete", $"{site.Outside}/{PublicBits}", "dev", "out");
        site.Place.Ip("address", "add", $"{to}/{PublicBits}", "dev", "out");
        site.Place.Ip("route", "replace", "default", "dev", "out");
    }

    public void Dispose()
    {
        foreach (var site in _sites)
        {
            site.Dispose();
        }

        _core.Dispose();
    }

    private NetworkNamespace Create(LabSite site, string name)
    {
        var place = NetworkNamespace.Create($"{_name}-{name}");
        site.Add(place);
        place.Set(Quiet);
        place.Ip("link", "set", "lo", "up");
        return place;
    }

    /// <summary>Joins two namespaces by a pair of devices; the lower one gets an address of the upper one's network, and its default route.</summary>
    private void Join(NetworkNamespace upper, NetworkNamespace lower, string port, string address, int bits)
    {
        var inCore = upper == _core;
        var upperDevice = inCore ? port : "in";
        upper.Ip("link", "add", upperDevice, "type", "veth", "peer", "name", "out", "netns", lower.Name);
        lower.Ip("address", "add", $"{address}/{bits}", "dev", "out");
        lower.Ip("link", "set", "out", "up");
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

    /// <summary>Makes the ends of a link a way between the core and a site of one public address.</summary>
    private void Join(NetworkNamespace lower, string port, string address)
    {
        _core.Ip("link", "set", port, "up");
        _core.Ip("route", "add", $"{address}/32", "dev", port);
        lower.Ip("address", "add", $"{address}/{PublicBits}", "dev", "out");
        lower.Ip("link", "set", "out", "up");
        lower.Ip("route", "add", "default", "dev", "out");
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
