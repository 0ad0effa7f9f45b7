namespace MeshActors.Host.Cli;

/// <summary>Stable error codes of the program itself; those of the mesh are the names of <see cref="Tasks.MeshErrorCode"/>.</summary>
internal static class ErrorCodes
{
    /// <summary>The command line is wrong.</summary>
    public const string Usage = "usage";

    /// <summary>The configuration file is wrong.</summary>
    public const string Configuration = "configuration";

    /// <summary>No node answers on the local API's socket.</summary>
    public const string NodeNotRunning = "node-not-running";

    /// <summary>A port or a socket path is taken.</summary>
    public const string AddressInUse = "address-in-use";

    /// <summary>The identity directory cannot be used.</summary>
    public const string Identity = "identity";

    /// <summary>Another root key holds the node's address; the next salt was stored.</summary>
    public const string AddressTaken = "address-taken";

    /// <summary>The node certificate has counted for its rotation interval.</summary>
    public const string CertificateDue = "certificate-due";

    /// <summary>The cluster took the node out.</summary>
    public const string ClusterDowned = "cluster-downed";

    /// <summary>A request to the local API is malformed.</summary>
    public const string BadRequest = "bad-request";

    /// <summary>The local API does not know the caller.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>There is no such thing.</summary>
    public const string NotFound = "not-found";

    /// <summary>No STUN server is known to ask.</summary>
    public const string NoStunServers = "no-stun-servers";

    /// <summary>The name of a server has no address.</summary>
    public const string NameNotResolved = "name-not-resolved";

    /// <summary>The program was stopped before it was done.</summary>
    public const string Stopped = "stopped";

    /// <summary>A mistake of the program.</summary>
    public const string Unexpected = "unexpected";
}
