using System;
using System.Runtime.InteropServices;

namespace MeshActors.Transport.Sockets;

/// <summary>Sends datagrams for many receivers by one call (<c>sendmmsg</c>); the memory that this takes, and where it fails.</summary>
internal sealed unsafe class LinuxBatch : IDisposable
{
    private readonly bool _isIPv4;
    private LinuxCalls.Message* _messages;

    public LinuxBatch(bool isIPv4)
    {
        _isIPv4 = isIPv4;

        // For each datagram a header, a piece and an address, side by side by kind.
        var slot = sizeof(LinuxCalls.Message) + sizeof(LinuxCalls.Piece) + SocketAddressCodec.IPv6Size + 4;
        _messages = (LinuxCalls.Message*)NativeMemory.AllocZeroed((nuint)(slot * IDatagramSockets.MostDatagrams));
        var pieces = (LinuxCalls.Piece*)(_messages + IDatagramSockets.MostDatagrams);
        var name = (byte*)(pieces + IDatagramSockets.MostDatagrams);
        for (var i = 0; i < IDatagramSockets.MostDatagrams; i++)
        {
            ref var header = ref _messages[i].Header;
            header.Pieces = pieces + i;
            header.PieceCount = 1;
            header.Name = name;
            header.NameLength = isIPv4 ? (uint)SocketAddressCodec.IPv4Size : SocketAddressCodec.IPv6Size;
            *(ushort*)name = isIPv4 ? LinuxCalls.FamilyIPv4 : LinuxCalls.FamilyIPv6;
            name += SocketAddressCodec.IPv6Size + 4;
        }
    }

    /// <summary>Sends datagrams of one family.</summary>
    /// <param name="socket">By which socket.</param>
    /// <param name="bytes">The bytes of all.</param>
    /// <param name="each">At most <see cref="IDatagramSockets.MostDatagrams"/>.</param>
    /// <returns>How many the system took; the others are lost.</returns>
    public int Send(LinuxSocket socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<OutboundDatagram> each)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(each.Length, IDatagramSockets.MostDatagrams);
        fixed (byte* start = bytes)
        {
            for (var i = 0; i < each.Length; i++)
            {
                ref var header = ref _messages[i].Header;
                header.Pieces->Start = start + each[i].Start;
                header.Pieces->Length = (nuint)each[i].Length;
                SocketAddressCodec.Write(
                    new Span<byte>(header.Name, SocketAddressCodec.IPv6Size), each[i].To, _isIPv4);
            }

            return SendAll(socket, each.Length);
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_messages);
        _messages = null;
    }

    /// <summary>The call ends at the first datagram that the system does not take: it is tried once more when there was no room, then left out.</summary>
    private int SendAll(LinuxSocket socket, int count)
    {
        var (next, taken, waited) = (0, 0, false);
        while (next < count)
        {
            var result = LinuxCalls.SendMany(socket.Descriptor, _messages + next, (uint)(count - next));
            if (result > 0)
            {
                next += result;
                taken += result;
                waited = false;
            }
            else if (!waited && (result == -LinuxCalls.Interrupted || (result == -LinuxCalls.TryAgain && socket.WaitForRoom())))
            {
                waited = true;
            }
            else
            {
                next++;
                waited = false;
            }
        }

        return taken;
    }
}
