using System.Threading;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>What a sink has taken; written by it alone.</summary>
internal sealed class BulkCount
{
    private long _messages;
    private long _bytes;
    private long _faults;

    public long Messages => Volatile.Read(ref _messages);

    public long Bytes => Volatile.Read(ref _bytes);

    public long Faults => Volatile.Read(ref _faults);

    public void Add(int bytes, bool isRight)
    {
        Volatile.Write(ref _messages, _messages + 1);
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _faults, _faults + (isRight ? 0 : 1));
    }
}
