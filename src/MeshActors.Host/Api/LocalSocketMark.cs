namespace MeshActors.Host.Api;

/// <summary>Feature of connections that came over the Unix socket, whose mode lets in the node's user alone.</summary>
internal sealed class LocalSocketMark
{
    public static readonly LocalSocketMark Instance = new();

    private LocalSocketMark()
    {
    }
}
