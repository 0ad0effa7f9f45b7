using System.Collections.Immutable;
using System.Linq;
using MeshActors.Benchmarks.Children;

namespace MeshActors.Benchmarks.Runs;

/// <summary>One load of <c>bench tunnel</c>.</summary>
/// <param name="Name">As <c>--only</c> takes it and the lines say it.</param>
/// <param name="SourceRole">Who sends or asks.</param>
/// <param name="SinkRole">Who takes or answers.</param>
/// <param name="Kind">One way, or round trips.</param>
/// <param name="Size">Bytes of a message; of a datagram for plain UDP, where 0 is the tunnel's own size.</param>
/// <param name="Sealed">One AES-256-GCM for each datagram.</param>
internal sealed record TunnelLoad(
    string Name, string SourceRole, string SinkRole, LoadKind Kind, int Size, bool Sealed = false);

/// <summary>The loads in the order in which they take turns.</summary>
internal static class TunnelLoads
{
    /// <summary>Datagrams of the limit, bytes.</summary>
    public const int LimitDatagramBytes = 1_400;

    public const string Tunnel64 = "tunnel-64k";
    public const string Tunnel1024 = "tunnel-1m";
    public const string Raw = "raw";
    public const string Limit = "limit";
    public const string RawOwn = "raw-own";
    public const string LimitOwn = "limit-own";
    public const string Tcp = "tcp";
    public const string Tls = "tls";
    public const string RttUdp = "rtt-udp";
    public const string RttTunnel = "rtt-tunnel";
    public const string RttTcp = "rtt-tcp";
    public const string RttTls = "rtt-tls";
    public const string Messages = "messages";

    /// <summary>Measured once, after all turns.</summary>
    public const string Idle = "idle";

    private const int SmallBytes = 100;
    private const int BulkBytes = 64 * 1024;

    public static readonly ImmutableArray<TunnelLoad> All =
    [
        new(Tunnel64, ChildRoles.TunnelClient, ChildRoles.TunnelServer, LoadKind.OneWay, BulkBytes),
        new(Limit, ChildRoles.UdpSource, ChildRoles.UdpSink, LoadKind.OneWay, LimitDatagramBytes, Sealed: true),
        new(LimitOwn, ChildRoles.UdpSource, ChildRoles.UdpSink, LoadKind.OneWay, 0, Sealed: true),
        new(Tls, ChildRoles.TlsClient, ChildRoles.TlsServer, LoadKind.OneWay, BulkBytes),
        new(Tunnel1024, ChildRoles.TunnelClient, ChildRoles.TunnelServer, LoadKind.OneWay, 16 * BulkBytes),
        new(Raw, ChildRoles.UdpSource, ChildRoles.UdpSink, LoadKind.OneWay, LimitDatagramBytes),
        new(RawOwn, ChildRoles.UdpSource, ChildRoles.UdpSink, LoadKind.OneWay, 0),
        new(Tcp, ChildRoles.TcpClient, ChildRoles.TcpServer, LoadKind.OneWay, BulkBytes),
        new(RttUdp, ChildRoles.UdpEchoClient, ChildRoles.UdpEchoServer, LoadKind.Echo, SmallBytes),
        new(RttTunnel, ChildRoles.TunnelClient, ChildRoles.TunnelServer, LoadKind.Echo, SmallBytes),
        new(RttTls, ChildRoles.TlsClient, ChildRoles.TlsServer, LoadKind.Echo, SmallBytes),
        new(RttTcp, ChildRoles.TcpClient, ChildRoles.TcpServer, LoadKind.Echo, SmallBytes),
        new(Messages, ChildRoles.TunnelClient, ChildRoles.TunnelServer, LoadKind.OneWay, SmallBytes),
    ];

    /// <summary>The names, as <c>--only</c> takes them.</summary>
    public static ImmutableArray<string> Names => [.. All.Select(load => load.Name), Idle];
}
