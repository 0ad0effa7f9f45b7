using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Io;

/// <summary>One non-blocking UDP socket of one address family, by calls that every system has.</summary>
/// <remarks>
/// Sends with "don't fragment" where the system lets it be set (docs/protocol.md, section 5). A receive buffer of 4 MiB is
/// asked for; systems give less without privileges. Owned by the driver loop; not safe for two threads.
/// </remarks>
internal sealed class UdpSocket : IDisposable
{
    private const int SocketBufferBytes = 4 * 1024 * 1024;

    // Linux: level and option numbers of <netinet/in.h>; PROBE sets DF and ignores the kernel's own path MTU guesses.
    private const int IpLevel = 0;
    private const int IpMtuDiscover = 10;
    private const int Ipv6Level = 41;
    private const int Ipv6MtuDiscover = 23;
    private const int MtuDiscoverProbe = 3;

    // Windows: a datagram to a closed port must not make the next receive fail.
    private const int SioUdpConnReset = -1744830452;

    private readonly Socket _socket;
    private readonly SocketAddress _from;
    private readonly SocketAddress _to;

    private UdpSocket(Socket socket)
    {
        _socket = socket;
        _from = new SocketAddress(socket.AddressFamily);
        _to = new SocketAddress(socket.AddressFamily);
        LocalEndpoint = UdpEndpoint.From((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>As bound, port 0 resolved.</summary>
    public UdpEndpoint LocalEndpoint { get; }

    /// <summary>What the wait for datagrams is done on.</summary>
    public Socket Handle => _socket;

    public bool IsIPv4 => _socket.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>Binds a socket.</summary>
    /// <exception cref="SocketException">The endpoint is taken or is none of this machine's.</exception>
    public static UdpSocket Bind(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            socket.Blocking = false;
            socket.ReceiveBufferSize = SocketBufferBytes;
            socket.SendBufferSize = SocketBufferBytes;
            ForbidFragments(socket);
            socket.Bind(endpoint);
            return new UdpSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes the next datagram.</summary>
    /// <returns>Its length; −1 when none waits. An empty or broken one is 0.</returns>
    public int TryReceive(Span<byte> buffer, out UdpEndpoint from)
    {
        from = default;
        if (!_socket.Poll(0, SelectMode.SelectRead))
        {
            return -1;
        }

        try
        {
            _from.Size = _from.Buffer.Length;
            var length = _socket.ReceiveFrom(buffer, SocketFlags.None, _from);
            from = Read(_from.Buffer.Span);
            return length;
        }
        catch (SocketException failure)
        {
            // An error left over from an earlier send (ICMP), or a datagram larger than the buffer.
            return failure.SocketErrorCode == SocketError.WouldBlock ? -1 : 0;
        }
    }

    /// <summary>Sends one datagram.</summary>
    /// <returns>False when the system did not take it: it counts as lost.</returns>
    public bool TrySend(ReadOnlySpan<byte> datagram, in UdpEndpoint to)
    {
        Write(_to.Buffer.Span, to);
        try
        {
            return _socket.SendTo(datagram, SocketFlags.None, _to) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static void ForbidFragments(Socket socket)
    {
        var ipv4 = socket.AddressFamily == AddressFamily.InterNetwork;
        if (OperatingSystem.IsLinux())
        {
            Span<byte> probe = stackalloc byte[sizeof(int)];
            BitConverter.TryWriteBytes(probe, MtuDiscoverProbe);
            socket.SetRawSocketOption(
                ipv4 ? IpLevel : Ipv6Level, ipv4 ? IpMtuDiscover : Ipv6MtuDiscover, probe);
        }
        else if (ipv4)
        {
            socket.DontFragment = true;
        }

        if (OperatingSystem.IsWindows())
        {
            socket.IOControl(SioUdpConnReset, [0, 0, 0, 0], null);
        }
    }

    // sockaddr_in: port at 2, address at 4. sockaddr_in6: port at 2, address at 8, scope (host order) at 24.
    private UdpEndpoint Read(ReadOnlySpan<byte> address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        if (IsIPv4)
        {
            return new UdpEndpoint(
                UdpEndpoint.MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(address[4..]), port);
        }

        var bits = BinaryPrimitives.ReadUInt128BigEndian(address[8..]);
        var linkLocal = (ushort)(bits >> 112) >> 6 == 0xFE80 >> 6;
        return new UdpEndpoint(bits, port, linkLocal ? BitConverter.ToUInt32(address[24..]) : 0);
    }

    private void Write(Span<byte> address, in UdpEndpoint endpoint)
    {
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], endpoint.Port);
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(address[4..], (uint)(endpoint.Bits & uint.MaxValue));
            return;
        }

        BinaryPrimitives.WriteUInt128BigEndian(address[8..], endpoint.Bits);
        BitConverter.TryWriteBytes(address[24..], endpoint.ScopeId);
    }
}
