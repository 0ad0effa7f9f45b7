using System;
using System.Net;
using System.Net.Sockets;

namespace MeshActors.Transport.Sockets;

/// <summary>Binds a UDP socket the way all kinds want it: not blocking, one family, never fragmented, with large buffers.</summary>
/// <remarks>
/// Buffers of <see cref="WantedBufferBytes"/> are asked for; systems grant less without privileges. At 10 Gbit/s four mebibytes are 3 ms: longer
/// than a busy machine leaves the driver loop without a processor.
/// </remarks>
internal static class BoundSocket
{
    /// <summary>Bytes asked for, in each direction.</summary>
    public const int WantedBufferBytes = 4 * 1024 * 1024;

    // Linux: level and option numbers of <netinet/in.h>; PROBE sets DF and ignores the kernel's own path MTU guesses.
    private const int IpLevel = 0;
    private const int IpMtuDiscover = 10;
    private const int Ipv6Level = 41;
    private const int Ipv6MtuDiscover = 23;
    private const int MtuDiscoverProbe = 3;

    // Linux: <asm-generic/socket.h>; beyond the system's bound, for processes with the right to administer the network.
    private const int SocketLevel = 1;
    private const int SendBufferForce = 32;
    private const int ReceiveBufferForce = 33;

    // Windows: a datagram to a closed port must not make the next receive fail.
    private const int SioUdpConnReset = -1744830452;

    /// <exception cref="SocketException">The endpoint is taken or is none of this machine's.</exception>
    public static Socket Bind(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            socket.Blocking = false;
            socket.ReceiveBufferSize = WantedBufferBytes;
            socket.SendBufferSize = WantedBufferBytes;
            if (OperatingSystem.IsLinux())
            {
                Force(socket, ReceiveBufferForce);
                Force(socket, SendBufferForce);
            }

            ForbidFragments(socket);
            socket.Bind(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Force(Socket socket, int option)
    {
        try
        {
            SetOption(socket, SocketLevel, option, WantedBufferBytes);
        }
        catch (SocketException)
        {
            // Not allowed to: what was granted before stays.
        }
    }

    private static void ForbidFragments(Socket socket)
    {
        var ipv4 = socket.AddressFamily == AddressFamily.InterNetwork;
        if (OperatingSystem.IsLinux())
        {
            SetOption(socket, ipv4 ? IpLevel : Ipv6Level, ipv4 ? IpMtuDiscover : Ipv6MtuDiscover, MtuDiscoverProbe);
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

    /// <summary>Sets an option that the framework has no name for.</summary>
    /// <exception cref="SocketException">The system refuses it.</exception>
    public static void SetOption(Socket socket, int level, int option, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(bytes, value);
        socket.SetRawSocketOption(level, option, bytes);
    }
}
