using System;

namespace MeshActors.Transport.Time;

/// <summary>Reads time for shells; machines get it as an argument.</summary>
/// <remarks>The only file of the library that may read a <see cref="TimeProvider"/>.</remarks>
internal sealed class Clock
{
    private const long NanosecondFrequency = 1_000_000_000;

    private readonly TimeProvider _provider;
    private readonly long _origin;
    private readonly bool _countsNanoseconds;

    public Clock(TimeProvider provider)
    {
        _provider = provider;
        _origin = provider.GetTimestamp();
        _countsNanoseconds = provider.TimestampFrequency == NanosecondFrequency;
    }

    /// <summary>The machine's own time: for a transport that HOCON alone brought up, and for programs.</summary>
    public static Clock System { get; } = new(TimeProvider.System);

    /// <summary>What timers and delays of shells run on.</summary>
    public TimeProvider Provider => _provider;

    /// <summary>Time since this clock was made; never runs backwards.</summary>
    /// <remarks>Read in every turn of the driver loop: where timestamps are nanoseconds, as they are on Linux, without floating point.</remarks>
    public MonoTime Now => new(_countsNanoseconds
        ? (_provider.GetTimestamp() - _origin) / TimeSpan.NanosecondsPerTick
        : _provider.GetElapsedTime(_origin).Ticks);

    /// <summary>Wall time: for certificates, leases that people read, and logs.</summary>
    public DateTimeOffset UtcNow => _provider.GetUtcNow();
}
