using System;
using System.Net;
using MeshActors.LinkLab.Link;
using MeshActors.LinkLab.Linux;

namespace MeshActors.LinkLab.Runs;

/// <summary>Two network namespaces with one link between them: senders on the left, receivers on the right.</summary>
internal sealed class LabNetwork : IDisposable
{
    private const string Device = "lab0";

    // Device queues hold what comes while the delayer is busy elsewhere; the queue that counts is the link's own.
    private const string DeviceQueuePackets = "20000";
    private static readonly IPAddress LeftAddress = IPAddress.Parse("10.77.0.1");

    private static readonly (string, string)[] Parameters =
    [
        ("ipv6/conf/all/disable_ipv6", "1"),

        // The references are the kernel's at its best: windows may grow to what the longest, fastest link holds.
        ("ipv4/tcp_wmem", "4096 1048576 536870912"),
        ("ipv4/tcp_rmem", "4096 4194304 536870912"),

        // Nothing learned in one run shows in the next.
        ("ipv4/tcp_no_metrics_save", "1"),
    ];

    private readonly TimeProvider _time;
    private readonly NetworkNamespace? _left;
    private readonly NetworkNamespace? _right;
    private readonly TunDevice? _leftDevice;
    private readonly TunDevice? _rightDevice;
    private readonly Delayer? _delayer;

    /// <param name="name">What the names of the namespaces begin with; no others of that name may exist.</param>
    /// <param name="time">The clock of the link.</param>
    /// <exception cref="LinuxCallException">Without root, or without what the lab needs of the system.</exception>
    public LabNetwork(string name, TimeProvider time)
    {
        _time = time;
        Link = new EmulatedLink(new Cell(1_000, 0, 0, 1).Shape, 0);
        try
        {
            _left = NetworkNamespace.Create(name + "-left");
            _right = NetworkNamespace.Create(name + "-right");
            _leftDevice = MakeDevice(_left, LeftAddress);
            _rightDevice = MakeDevice(_right, RightAddress);
            _delayer = new Delayer(_leftDevice, _rightDevice, Link, time);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where receivers are reached.</summary>
    public static IPAddress RightAddress { get; } = IPAddress.Parse("10.77.0.2");

    public NetworkNamespace Left => _left!;

    public NetworkNamespace Right => _right!;

    /// <summary>The link that is played.</summary>
    public EmulatedLink Link { get; private set; }

    public long Now => _time.GetTimestamp();

    /// <summary>Plays another link; what was on the way is gone.</summary>
    public void Play(LinkShape shape, ulong seed)
    {
        var link = new EmulatedLink(shape, seed);
        _delayer!.Play(link);
        Link = link;
    }

    public void Dispose()
    {
        _delayer?.Dispose();
        _leftDevice?.Dispose();
        _rightDevice?.Dispose();
        _left?.Dispose();
        _right?.Dispose();
    }

    private static TunDevice MakeDevice(NetworkNamespace place, IPAddress address)
    {
        place.Set(Parameters);
        var device = TunDevice.Create(place, Device);
        place.Ip("link", "set", "lo", "up");
        place.Ip("address", "add", $"{address}/24", "dev", Device);
        place.Ip("link", "set", Device, "mtu", "1500", "txqueuelen", DeviceQueuePackets, "up");
        return device;
    }
}
