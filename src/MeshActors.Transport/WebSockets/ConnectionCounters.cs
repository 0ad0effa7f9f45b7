using System.Threading;

namespace MeshActors.Transport.WebSockets;

/// <summary>Counts what went over connections; written and read from any thread.</summary>
internal sealed class ConnectionCounters
{
    private long _open;
    private long _opened;
    private long _accepted;
    private long _refused;
    private long _failed;
    private long _datagramsSent;
    private long _bytesSent;
    private long _datagramsDropped;
    private long _datagramsReceived;
    private long _bytesReceived;
    private long _waitingBytes;

    /// <summary>The counts of this moment; each is true, but they may be of different moments.</summary>
    public ConnectionStatistics Snapshot() => new(
        Volatile.Read(ref _open),
        Volatile.Read(ref _opened),
        Volatile.Read(ref _accepted),
        Volatile.Read(ref _refused),
        Volatile.Read(ref _failed),
        Volatile.Read(ref _datagramsSent),
        Volatile.Read(ref _bytesSent),
        Volatile.Read(ref _datagramsDropped),
        Volatile.Read(ref _datagramsReceived),
        Volatile.Read(ref _bytesReceived));

    public void Opened(bool isAccepted)
    {
        Interlocked.Increment(ref _open);
        Interlocked.Increment(ref isAccepted ? ref _accepted : ref _opened);
    }

    public void Closed() => Interlocked.Decrement(ref _open);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void Failed() => Interlocked.Increment(ref _failed);

    public void Sent(int bytes)
    {
        Interlocked.Increment(ref _datagramsSent);
        Interlocked.Add(ref _bytesSent, bytes);
    }

    public void Dropped() => Interlocked.Increment(ref _datagramsDropped);

    public void Received(int datagrams, int bytes)
    {
        Interlocked.Add(ref _datagramsReceived, datagrams);
        Interlocked.Add(ref _bytesReceived, bytes);
    }

    /// <summary>Takes room for what is to wait, when all connections together may still wait with so much.</summary>
    public bool TryWait(int bytes, long most)
    {
        if (Interlocked.Add(ref _waitingBytes, bytes) <= most)
        {
            return true;
        }

        Interlocked.Add(ref _waitingBytes, -bytes);
        return false;
    }

    /// <summary>What waited has left, or never will.</summary>
    public void Left(int bytes) => Interlocked.Add(ref _waitingBytes, -bytes);
}
