using System.Threading;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>What one client counted; written by it alone.</summary>
internal sealed class PingPongCount
{
    private long _came;
    private long _faults;
    private volatile bool _isOver;

    public long Came => Volatile.Read(ref _came);

    public long Faults => Volatile.Read(ref _faults);

    /// <summary>True when nothing more is to be sent.</summary>
    public bool IsOver => _isOver;

    public void Add(bool isRight)
    {
        Volatile.Write(ref _came, _came + 1);
        Volatile.Write(ref _faults, _faults + (isRight ? 0 : 1));
    }

    public void End() => _isOver = true;
}
