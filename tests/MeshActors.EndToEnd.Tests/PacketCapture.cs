using System;
using System.Buffers.Binary;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Everything that crosses the machine's interfaces, loopback included, while it exists; Linux, as
/// root.</summary>
internal sealed class PacketCapture : IDisposable
{
    private const int AllProtocols = 0x0003;
    private const int SocketLevel = 1;
    private const int ReceiveBufferForce = 33;
    private const int PacketLevel = 263;
    private const int PacketStatistics = 6;
    private const int ReceiveBufferBytes = 64 << 20;
    private const int MaxFrameBytes = 65_536 + 64;

    // Closing a packet socket does not end a read of it: with no traffic the reader would wait for ever.
    private const int ReadTimeoutMs = 200;

    private readonly Socket _socket;
    private readonly MemoryStream _frames = new();
    private readonly Thread _reader;
    private volatile bool _ended;

    public PacketCapture()
    {
        _socket = new Socket(
            AddressFamily.Packet, SocketType.Raw, (ProtocolType)BinaryPrimitives.ReverseEndianness((ushort)AllProtocols));
        _socket.SetRawSocketOption(SocketLevel, ReceiveBufferForce, BitConverter.GetBytes(ReceiveBufferBytes));
        _socket.ReceiveTimeout = ReadTimeoutMs;
        _reader = new Thread(Read) { IsBackground = true };
        _reader.Start();
    }

    /// <summary>Ends the capture, once everything that was sent before has been read.</summary>
    /// <returns>All frames one after the other, and how many the system had to drop.</returns>
    public (byte[] Frames, int Dropped) End()
    {
        _ended = true;
        _reader.Join();
        Span<byte> statistics = stackalloc byte[8];
        _socket.GetRawSocketOption(PacketLevel, PacketStatistics, statistics);
        return (_frames.ToArray(), BitConverter.ToInt32(statistics[4..]));
    }

    public void Dispose()
    {
        _ended = true;
        _reader.Join();
        _socket.Dispose();
        _frames.Dispose();
    }

    private void Read()
    {
        var frame = new byte[MaxFrameBytes];
        while (true)
        {
            try
            {
                var length = _socket.Receive(frame);
                _frames.Write(frame, 0, length);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                if (_ended)
                {
                    return;
                }
            }
        }
    }
}
