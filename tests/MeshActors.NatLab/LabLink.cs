using System;
using System.Collections.Generic;
using MeshActors.LinkLab.Link;
using MeshActors.LinkLab.Linux;
using MeshActors.Transport.Time;

namespace MeshActors.NatLab;

/// <summary>A link with delay and loss between the internet and one site: a tun device at each end, and the thread between them.</summary>
internal sealed class LabLink : IDisposable
{
    private const double BitsPerSecond = 200e6;
    private const long QueueBytes = 1 << 20;

    private readonly List<IDisposable> _parts = [];
    private readonly Delayer _delayer;
    private ulong _seed;

    /// <param name="core">Where the internet is; its device gets the given name.</param>
    /// <param name="site">Where the site begins; its device is named <c>out</c>.</param>
    /// <param name="device">Name of the device of the core.</param>
    /// <param name="delay">One way.</param>
    /// <param name="lossPercent">Each way, 0 to 100.</param>
    public LabLink(NetworkNamespace core, NetworkNamespace site, string device, TimeSpan delay, double lossPercent)
    {
        try
        {
            var inner = Keep(TunDevice.Create(core, device));
            var outer = Keep(TunDevice.Create(site, "out"));
            _delayer = Keep(new Delayer(inner, outer, Shaped(delay, lossPercent), Clock.System.Provider));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Changes what the link does; what is on the way is gone.</summary>
    public void Play(TimeSpan delay, double lossPercent) => _delayer.Play(Shaped(delay, lossPercent));

    public void Dispose()
    {
        for (var last = _parts.Count - 1; last >= 0; last--)
        {
            _parts[last].Dispose();
        }
    }

    private EmulatedLink Shaped(TimeSpan delay, double lossPercent) =>
        new(new LinkShape(BitsPerSecond, delay, QueueBytes, lossPercent), ++_seed);

    private T Keep<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }
}
