using System;
using System.Buffers.Binary;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.LinkLab.Flows;

/// <summary>Plain datagrams, to measure the link itself: a flood at a chosen rate, or one at a time and back.</summary>
internal static class UdpFlow
{
    private const int SocketLevel = 1;
    private const int SendBufferForce = 32;
    private const int ReceiveBufferForce = 33;
    private const int BufferBytes = 32 * 1024 * 1024;

    /// <summary>UDP payload of a packet of 1,500 bytes.</summary>
    private const int FullPayload = 1_472;
    private const int PingBytes = 64;
    private static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Counts full datagrams as whole packets of 1,500 bytes and sends short ones back, until <paramref name="stop"/>.</summary>
    public static async Task ReceiveAsync(int port, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        using var socket = Open(port);
        output.WriteLine(FlowWords.Ready);
        output.Flush();
        var meter = new ByteMeter(time, output);
        var buffer = new byte[2 * FullPayload];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        while (true)
        {
            var length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from, stop);
            if (length == FullPayload)
            {
                meter.Add(1_500);
            }
            else
            {
                await socket.SendToAsync(buffer.AsMemory(0, length), SocketFlags.None, from, stop);
            }
        }
    }

    /// <summary>Sends full datagrams at a rate, counted in bits of whole packets, in bursts of at most a millisecond.</summary>
    public static async Task FloodAsync(
        IPEndPoint to, double bitsPerSecond, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        using var socket = Open(0);
        await socket.ConnectAsync(to, stop);
        output.WriteLine(FlowWords.Begun);
        output.Flush();
        var payload = new byte[FullPayload];
        var start = time.GetTimestamp();
        var sent = 0L;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1), time);
        while (await tick.WaitForNextTickAsync(stop))
        {
            var due = (long)(time.GetElapsedTime(start).TotalSeconds * bitsPerSecond / (8 * 1_500));
            for (; sent < due; sent++)
            {
                socket.Send(payload);
            }
        }
    }

    /// <summary>Sends a short datagram, waits for its return, and writes how long that took; again until <paramref name="stop"/>.</summary>
    public static async Task PingAsync(IPEndPoint to, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        using var socket = Open(0);
        await socket.ConnectAsync(to, stop);
        output.WriteLine(FlowWords.Begun);
        output.Flush();
        var sent = new byte[PingBytes];
        var received = new byte[PingBytes];
        for (var number = 0L; ; number++)
        {
            BinaryPrimitives.WriteInt64BigEndian(sent, number);
            var start = time.GetTimestamp();
            await socket.SendAsync(sent, stop);
            do
            {
                await socket.ReceiveAsync(received, stop);
            }
            while (BinaryPrimitives.ReadInt64BigEndian(received) != number);
            output.WriteLine($"{FlowWords.At} {start} {(long)time.GetElapsedTime(start).TotalNanoseconds}");
            output.Flush();
            await Task.Delay(PingInterval, time, stop);
        }
    }

    private static Socket Open(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption(SocketLevel, SendBufferForce, BitConverter.GetBytes(BufferBytes));
        socket.SetRawSocketOption(SocketLevel, ReceiveBufferForce, BitConverter.GetBytes(BufferBytes));
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }
}
