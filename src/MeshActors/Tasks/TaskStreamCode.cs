namespace MeshActors.Tasks;

/// <summary>Codes of a stream reset on the task plane.</summary>
internal static class TaskStreamCode
{
    /// <summary>The caller cancelled the task, or has its outcome from elsewhere.</summary>
    public const ulong Cancelled = 1;

    /// <summary>The caller's deadline has passed.</summary>
    public const ulong DeadlineExceeded = 2;

    /// <summary>A message of the stream is not what the protocol has at that place.</summary>
    public const ulong BadMessage = 3;

    /// <summary>The node is stopping.</summary>
    public const ulong ShuttingDown = 4;
}
