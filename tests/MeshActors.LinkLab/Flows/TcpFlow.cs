using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.LinkLab.Flows;

/// <summary>The reference: one TCP connection of the kernel that sends as fast as it may.</summary>
/// <remarks>Buffers grow by themselves, as far as the namespace's <c>tcp_wmem</c> and <c>tcp_rmem</c> let them.</remarks>
internal static class TcpFlow
{
    private const int ChunkBytes = 256 * 1024;

    // <netinet/tcp.h>: option numbers, and offsets in struct tcp_info.
    private const int TcpLevel = 6;
    private const int TcpCongestion = 13;
    private const int TcpStatistics = 11;
    private const int StatisticsBytes = 104;
    private const int RoundTripOffset = 68;
    private const int WindowOffset = 80;
    private const int RetransmittedOffset = 100;

    /// <summary>Takes one connection and counts what comes, until <paramref name="stop"/>.</summary>
    public static async Task ReceiveAsync(int port, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, port));
        listener.Listen();
        output.WriteLine(FlowWords.Ready);
        output.Flush();
        using var connection = await listener.AcceptAsync(stop);
        connection.LingerState = new LingerOption(enable: true, seconds: 0);
        var meter = new ByteMeter(time, output);
        var buffer = new byte[ChunkBytes];
        try
        {
            while (await connection.ReceiveAsync(buffer, stop) is > 0 and var length)
            {
                meter.Add(length);
            }
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The sender's way to end.
        }
    }

    /// <summary>Sends until <paramref name="stop"/>, then drops the connection with all that waits.</summary>
    /// <param name="to">The receiver.</param>
    /// <param name="algorithm">A name the kernel knows: <c>cubic</c>, <c>bbr</c>.</param>
    /// <param name="go">Completes when it may send.</param>
    /// <param name="output">For what the lab reads.</param>
    /// <param name="time">Once a second the figures.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task SendAsync(
        IPEndPoint to, string algorithm, Task go, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        using var connection = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        connection.LingerState = new LingerOption(enable: true, seconds: 0);
        connection.SetRawSocketOption(TcpLevel, TcpCongestion, Encoding.ASCII.GetBytes(algorithm));
        await connection.ConnectAsync(to, stop);
        output.WriteLine(FlowWords.Begun);
        output.Flush();
        await go.WaitAsync(stop);
        using var timer = time.CreateTimer(
            _ => Tell(connection, output), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var chunk = new byte[ChunkBytes];
        while (true)
        {
            await connection.SendAsync(chunk, stop);
        }
    }

    private static void Tell(Socket connection, TextWriter output)
    {
        Span<byte> statistics = stackalloc byte[StatisticsBytes];
        try
        {
            connection.GetRawSocketOption(TcpLevel, TcpStatistics, statistics);
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        var figures = new
        {
            roundTripMs = BitConverter.ToUInt32(statistics[RoundTripOffset..]) / 1_000.0,
            windowPackets = BitConverter.ToUInt32(statistics[WindowOffset..]),
            retransmitted = BitConverter.ToUInt32(statistics[RetransmittedOffset..]),
        };
        output.WriteLine($"{FlowWords.Figures} {JsonSerializer.Serialize(figures)}");
        output.Flush();
    }
}
