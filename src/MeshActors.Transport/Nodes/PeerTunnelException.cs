using System;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Nodes;

/// <summary>A tunnel could not be had or has ended, or a request in it failed; the message says to whom and why.</summary>
public sealed class PeerTunnelException : Exception
{
    internal PeerTunnelException(PeerTunnelError error, string message, bool mayHaveArrived = false)
        : base(message)
    {
        Error = error;
        MayHaveArrived = mayHaveArrived;
    }

    /// <summary>Why, for programs.</summary>
    public PeerTunnelError Error { get; }

    /// <summary>For a request: false when certainly no byte of it reached the peer, so that it can be sent elsewhere without being done twice.</summary>
    public bool MayHaveArrived { get; }

    /// <summary>What a program sees of a failure to open a tunnel.</summary>
    internal static PeerTunnelException From(TunnelException failure)
    {
        var error = failure.Code switch
        {
            TunnelErrorCode.CertificateRefused => PeerTunnelError.CertificateRefused,
            TunnelErrorCode.TooManyTunnels => PeerTunnelError.TooManyTunnels,
            TunnelErrorCode.NoTrust => PeerTunnelError.NoTrust,
            TunnelErrorCode.NoDirectPath or TunnelErrorCode.NoDirectPathYet => PeerTunnelError.NoDirectPath,
            TunnelErrorCode.Closed => PeerTunnelError.TunnelClosed,
            _ => PeerTunnelError.Unreachable,
        };
        return new PeerTunnelException(error, failure.Message);
    }
}

/// <summary>Why a tunnel or a request failed.</summary>
public enum PeerTunnelError
{
    /// <summary>Nobody answered in time.</summary>
    Unreachable,

    /// <summary>The peer's certificate is not acceptable here.</summary>
    CertificateRefused,

    /// <summary>There is neither a fleet secret nor a pinned root under which this peer could be asked.</summary>
    NoTrust,

    /// <summary>The node has as many tunnels as it may.</summary>
    TooManyTunnels,

    /// <summary>The tunnel was closed, by either side, or its peer stayed silent for longer than it is tried again.</summary>
    TunnelClosed,

    /// <summary>The peer has restarted, or lost the state of the tunnel: requests under way are gone there.</summary>
    PeerRestarted,

    /// <summary>The request's own timeout has passed.</summary>
    TimedOut,

    /// <summary>The peer serves no requests.</summary>
    NotServed,

    /// <summary>The peer's handler failed.</summary>
    HandlerFailed,

    /// <summary>The peer gave the request up for a reason of its own.</summary>
    GivenUp,

    /// <summary>There is no direct path to the peer, and no relay that may carry what is sent.</summary>
    NoDirectPath,
}
