using System;
using System.Threading;

namespace MeshActors.Transport.Io;

/// <summary>What the driver loop has done since its start; written by the loop alone, read by anybody.</summary>
internal sealed class EngineCounters
{
    private long _datagramsSent;
    private long _datagramsRefused;
    private long _bytesSent;
    private long _sendCalls;
    private long _datagramsReceived;
    private long _bytesReceived;
    private long _runsReceived;
    private long _turns;
    private long _waits;
    private long _allocatedBytes;

    /// <summary>The counts of this moment; each is true, but they may be of different moments.</summary>
    public EngineStatistics Snapshot() => new(
        Volatile.Read(ref _datagramsSent),
        Volatile.Read(ref _datagramsRefused),
        Volatile.Read(ref _bytesSent),
        Volatile.Read(ref _sendCalls),
        Volatile.Read(ref _datagramsReceived),
        Volatile.Read(ref _bytesReceived),
        Volatile.Read(ref _runsReceived),
        Volatile.Read(ref _turns),
        Volatile.Read(ref _waits),
        Volatile.Read(ref _allocatedBytes));

    public void Sent(int bytes, int datagrams, int taken)
    {
        _sendCalls++;
        _bytesSent += bytes;
        _datagramsSent += datagrams;
        _datagramsRefused += datagrams - taken;
    }

    public void Received(int bytes, int datagrams)
    {
        _runsReceived++;
        _bytesReceived += bytes;
        _datagramsReceived += datagrams;
    }

    /// <summary>Told once a turn, by the loop's own thread.</summary>
    public void Turned()
    {
        _turns++;
        _allocatedBytes = GC.GetAllocatedBytesForCurrentThread();
    }

    public void Waited() => _waits++;
}
