using System;

namespace MeshActors.Transport.Congestion;

/// <summary>The bytes <see cref="Bbr"/> lets be in flight: grows by what is acknowledged, and keeps within four datagrams and <see cref="CongestionBounds.MostWindow"/>.</summary>
internal sealed class BbrWindow
{
    private const int LeastDatagrams = 4;

    public double Bytes { get; private set; } = CongestionBounds.InitialWindow(CongestionBounds.FirstDatagramBytes);

    /// <summary>Size of full datagrams.</summary>
    public int DatagramBytes { get; private set; } = CongestionBounds.FirstDatagramBytes;

    public double Least => LeastDatagrams * DatagramBytes;

    public void HandleDatagramSize(int bytes)
    {
        DatagramBytes = bytes;
        Bytes = Math.Max(Bytes, Least);
    }

    /// <summary>Grows toward a target, or falls to it.</summary>
    public void Follow(long acked, double target) => Set(Math.Min(Bytes + acked, target));

    /// <summary>Startup: grows while it is below a target, and until an initial window has been delivered.</summary>
    public void Grow(long acked, double target, long delivered)
    {
        if (Bytes < target || delivered < CongestionBounds.InitialWindow(DatagramBytes))
        {
            Set(Bytes + acked);
        }
    }

    /// <summary>Holds no more than that.</summary>
    public void Bound(double most) => Set(Math.Min(Bytes, most));

    public void Restart() => Bytes = Least;

    private void Set(double bytes) => Bytes = Math.Clamp(bytes, Least, CongestionBounds.MostWindow);
}
