using System;
using System.Runtime.InteropServices;

namespace MeshActors.Transport.Sockets;

/// <summary>The native memory of Linux sockets: for each run received header, piece, address, control and bytes; the same without bytes for what is sent.</summary>
/// <remarks>Several sockets of one thread may share one: what one has received is taken before another receives.</remarks>
internal sealed unsafe class LinuxBuffers : IDisposable
{
    /// <summary>Runs received by one call; each may be 64 KiB, and more than 512 KiB would not stay in a processor's cache.</summary>
    public const int RunsPerCall = 8;

    /// <summary>Bytes of control messages.</summary>
    public const int ControlCapacity = 64;

    private const int RunCapacity = 65_536;

    private byte* _memory;
    private byte* _bytes;

    /// <param name="isIPv4">Whether what is sent goes to IPv4.</param>
    public LinuxBuffers(bool isIPv4)
    {
        // One piece, side by side by kind.
        var slot = sizeof(LinuxCalls.Message) + sizeof(LinuxCalls.Piece) + SocketAddressCodec.IPv6Size + 4 + ControlCapacity;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(slot * (RunsPerCall + 1)));
        _bytes = (byte*)NativeMemory.AlignedAlloc(RunsPerCall * RunCapacity, 4096);
        Received = (LinuxCalls.Message*)_memory;
        var free = (byte*)(Received + RunsPerCall + 1);
        for (var run = 0; run <= RunsPerCall; run++)
        {
            ref var header = ref Received[run].Header;
            header.Pieces = (LinuxCalls.Piece*)free;
            header.PieceCount = 1;
            header.Control = free + sizeof(LinuxCalls.Piece);
            header.Name = header.Control + ControlCapacity;
            free = header.Name + SocketAddressCodec.IPv6Size + 4;
            header.Pieces->Start = _bytes + (run * RunCapacity);
            header.Pieces->Length = RunCapacity;
        }

        Sent = &Received[RunsPerCall].Header;
        *(ushort*)Sent->Name = isIPv4 ? LinuxCalls.FamilyIPv4 : LinuxCalls.FamilyIPv6;
        Sent->NameLength = isIPv4 ? (uint)SocketAddressCodec.IPv4Size : SocketAddressCodec.IPv6Size;
    }

    /// <summary>What <see cref="RunsPerCall"/> runs are received into.</summary>
    public LinuxCalls.Message* Received { get; }

    /// <summary>What a run is sent by.</summary>
    public LinuxCalls.MessageHeader* Sent { get; }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        NativeMemory.AlignedFree(_bytes);
        _memory = _bytes = null;
    }
}
