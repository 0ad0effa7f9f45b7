namespace MeshActors.Benchmarks.Remoting;

/// <summary>What Akka.Remote goes over.</summary>
internal enum RemotingKind
{
    /// <summary>The mesh's encrypted tunnels.</summary>
    Mesh,

    /// <summary><c>akka.remote.dot-netty.tcp</c>, in the clear.</summary>
    Tcp,

    /// <summary>The same over TLS.</summary>
    Tls,
}
