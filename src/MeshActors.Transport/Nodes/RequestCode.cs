namespace MeshActors.Transport.Nodes;

/// <summary>What stands on the streams of requests (docs/protocol.md, section 9).</summary>
internal static class RequestCode
{
    /// <summary>The first message of a stream that carries a request: the version, one byte.</summary>
    public const byte Version = 1;

    /// <summary>Reset: what came is no request of this version.</summary>
    public const ulong Malformed = 1;

    /// <summary>Reset: who asked does not want the reply any more.</summary>
    public const ulong Cancelled = 2;

    /// <summary>Reset: the handler failed.</summary>
    public const ulong HandlerFailed = 3;
}
