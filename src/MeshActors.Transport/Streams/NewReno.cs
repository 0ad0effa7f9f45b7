using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>The congestion controller of RFC 9002, section 7 and appendix B.</summary>
internal sealed class NewReno : ICongestionController
{
    /// <summary>Bytes of a packet that window sizes are counted in.</summary>
    public const int DatagramBytes = 1200;

    /// <summary>kInitialWindow.</summary>
    public const int InitialWindowBytes = 10 * DatagramBytes;

    /// <summary>kMinimumWindow.</summary>
    public const int MinimumWindowBytes = 2 * DatagramBytes;

    /// <summary>The window does not grow beyond this: enough for 10 Gbit/s at 50 ms, and a bound for the rings of sent packets.</summary>
    public const int MaximumWindowBytes = 64 * 1024 * 1024;

    private long _slowStartThreshold = long.MaxValue;
    private long _ackedInRound;
    private MonoTime _recoveryStart = new(long.MinValue);

    public long WindowBytes { get; private set; } = InitialWindowBytes;

    public void HandleAcked(int bytes, MonoTime sentAt, long bytesInFlight)
    {
        if (sentAt <= _recoveryStart || !IsUsed(bytesInFlight))
        {
            return;
        }

        if (WindowBytes < _slowStartThreshold)
        {
            WindowBytes = Math.Min(WindowBytes + bytes, MaximumWindowBytes);
            return;
        }

        _ackedInRound += bytes;
        if (_ackedInRound >= WindowBytes)
        {
            _ackedInRound -= WindowBytes;
            WindowBytes = Math.Min(WindowBytes + DatagramBytes, MaximumWindowBytes);
        }
    }

    public void HandleLost(MonoTime sentAt, MonoTime now, bool persistent)
    {
        if (sentAt > _recoveryStart)
        {
            _recoveryStart = now;
            _slowStartThreshold = Math.Max(WindowBytes / 2, MinimumWindowBytes);
            WindowBytes = _slowStartThreshold;
            _ackedInRound = 0;
        }

        if (persistent)
        {
            WindowBytes = MinimumWindowBytes;
            _recoveryStart = new MonoTime(long.MinValue);
        }
    }

    /// <summary>A window that is not used says nothing about the path, so it does not grow (RFC 9002, section 7.8).</summary>
    private bool IsUsed(long bytesInFlight) =>
        WindowBytes < _slowStartThreshold
            ? bytesInFlight >= WindowBytes / 2
            : bytesInFlight + (3 * DatagramBytes) >= WindowBytes;
}
