using System;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>What a tunnel actor fails with when its tunnel does, so that its supervisor restarts it.</summary>
internal sealed class TunnelFailedException : Exception
{
    public TunnelFailedException(TunnelFailure failure)
        : base($"the tunnel failed: {failure}")
    {
        Failure = failure;
    }

    public TunnelFailure Failure { get; }
}
