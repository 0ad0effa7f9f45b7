using System;
using System.Linq;
using System.Net;
using MeshActors.Benchmarks.Flood;
using MeshActors.Benchmarks.Idle;
using MeshActors.Benchmarks.Relays;
using MeshActors.Benchmarks.Remoting;
using MeshActors.Benchmarks.Tcp;
using MeshActors.Benchmarks.Tunnels;
using MeshActors.Benchmarks.Udp;

namespace MeshActors.Benchmarks.Children;

/// <summary>What a child process can be, by the word on its command line: a role, and the address it binds.</summary>
internal static class ChildRoles
{
    /// <summary>The first word of a child's command line.</summary>
    public const string Word = "child";

    public const string UdpSource = "udp-source";
    public const string UdpSink = "udp-sink";
    public const string UdpEchoClient = "udp-echo-client";
    public const string UdpEchoServer = "udp-echo-server";
    public const string TcpClient = "tcp-client";
    public const string TcpServer = "tcp-server";
    public const string TlsClient = "tls-client";
    public const string TlsServer = "tls-server";
    public const string TunnelClient = "tunnel-client";
    public const string TunnelServer = "tunnel-server";
    public const string IdleNode = "idle-node";
    public const string PeerFleet = "peer-fleet";
    public const string FloodSource = "flood-source";
    public const string Relay = "relay";

    /// <returns>Null when there is no such role.</returns>
    public static ILoadSide? Make(string role, IPAddress address) => role switch
    {
        UdpSource => new UdpSource(address),
        UdpSink => new UdpSink(address),
        UdpEchoClient => new UdpEchoClient(address),
        UdpEchoServer => new UdpEchoServer(address),
        TcpClient => new TcpClientSide(withTls: false),
        TcpServer => new TcpServer(address, withTls: false),
        TlsClient => new TcpClientSide(withTls: true),
        TlsServer => new TcpServer(address, withTls: true),
        TunnelClient => new TunnelClient(address),
        TunnelServer => new TunnelServer(address),
        IdleNode => new IdleNode(address),
        PeerFleet => new PeerFleet(address),
        FloodSource => new FloodSource(),
        Relay => new RelayServer(address),
        _ => Enum.GetValues<RemotingKind>().Where(kind => OfRemoting(kind) == role).Select(kind => new RemotingSide(kind, address)).FirstOrDefault(),
    };

    /// <summary>An actor system whose remoting goes over one of the transports.</summary>
    public static string OfRemoting(RemotingKind kind) => $"akka-{kind}";
}
