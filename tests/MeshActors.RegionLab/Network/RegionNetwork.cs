using System;
using System.Collections.Generic;
using MeshActors.LinkLab.Linux;
using MeshActors.NatLab;

namespace MeshActors.RegionLab.Network;

/// <summary>A router for each region, joined to one in the middle by a link with delay, and a host for each node at its region's router; each a namespace of its own.</summary>
internal sealed class RegionNetwork : IDisposable
{
    private const int RegionBits = 16;
    private const string Lan = "lan";
    private const double CutLossPercent = 100;

    private static readonly (string, string)[] Parameters =
    [
        ("ipv6/conf/all/disable_ipv6", "1"),
        ("ipv4/ip_forward", "1"),
        ("ipv4/conf/all/rp_filter", "0"),
    ];

    private readonly string _name;
    private readonly List<IDisposable> _parts = [];
    private readonly Dictionary<LabRegion, (NetworkNamespace Router, LabLink Link)> _regions = [];
    private readonly NetworkNamespace _middle;

    /// <param name="name">What the names of the namespaces begin with; no others of that name may exist.</param>
    /// <exception cref="LinuxCallException">Without root, or without what the laboratory needs of the system.</exception>
    public RegionNetwork(string name)
    {
        _name = name;
        try
        {
            _middle = Create("middle");
            foreach (var region in LabRegion.All)
            {
                Join(region);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Makes a host in a region.</summary>
    public NetworkNamespace AddHost(LabRegion region, int number)
    {
        var router = _regions[region].Router;
        var host = Create($"{region.Name}-{number}");
        var port = $"host{number}";
        router.Ip("link", "add", port, "type", "veth", "peer", "name", "out", "netns", host.Name);
        router.Ip("link", "set", port, "master", Lan, "up");
        host.Ip("address", "add", $"{region.Host(number)}/{RegionBits}", "dev", "out");
        host.Ip("link", "set", "out", "up");
        host.Ip("route", "add", "default", "via", Gateway(region));
        return host;
    }

    /// <summary>Gives a host another address of its region; the one before is gone.</summary>
    public static void Move(NetworkNamespace host, LabRegion region, int from, int to)
    {
        host.Ip("address", "delete", $"{region.Host(from)}/{RegionBits}", "dev", "out");
        host.Ip("address", "add", $"{region.Host(to)}/{RegionBits}", "dev", "out");
        host.Ip("route", "replace", "default", "via", Gateway(region));
    }

    /// <summary>Loses everything between a region and the others; what is on the way is gone.</summary>
    public void Cut(LabRegion region) => _regions[region].Link.Play(region.Delay, CutLossPercent);

    /// <summary>Lets everything pass again.</summary>
    public void Heal(LabRegion region) => _regions[region].Link.Play(region.Delay, 0);

    public void Dispose()
    {
        for (var last = _parts.Count - 1; last >= 0; last--)
        {
            _parts[last].Dispose();
        }
    }

    private static string Gateway(LabRegion region) => $"10.{region.Number}.255.254";

    private void Join(LabRegion region)
    {
        var router = Create(region.Name);
        var link = new LabLink(_middle, router, region.Name, region.Delay, lossPercent: 0);
        _parts.Add(link);
        _regions.Add(region, (router, link));
        _middle.Ip("link", "set", region.Name, "up");
        _middle.Ip("route", "add", $"10.{region.Number}.0.0/{RegionBits}", "dev", region.Name);
        router.Ip("link", "set", "out", "up");
        router.Ip("route", "add", "default", "dev", "out");
        router.Ip("link", "add", Lan, "type", "bridge");
        router.Ip("address", "add", $"{Gateway(region)}/{RegionBits}", "dev", Lan);
        router.Ip("link", "set", Lan, "up");
    }

    private NetworkNamespace Create(string name)
    {
        var place = NetworkNamespace.Create($"{_name}-{name}");
        _parts.Add(place);
        place.Set(Parameters);
        place.Ip("link", "set", "lo", "up");
        return place;
    }
}
