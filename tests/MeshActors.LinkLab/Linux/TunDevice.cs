using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace MeshActors.LinkLab.Linux;

/// <summary>A tun device: what the system of its namespace sends through it is read here, what is written arrives there.</summary>
/// <remarks>Whole IP packets without a prefix, one per call, never waiting; offloads stay off, so none is longer than the MTU.</remarks>
internal sealed unsafe class TunDevice : IDisposable
{
    private const int RequestBytes = 40;
    private const int NameBytes = 16;

    private TunDevice(int descriptor)
    {
        Descriptor = descriptor;
    }

    /// <summary>For the wait; −1 when disposed.</summary>
    public int Descriptor { get; private set; }

    /// <summary>Makes the device in a namespace, where it lasts until it is disposed.</summary>
    /// <exception cref="LinuxCallException">Without root, or without the tun driver.</exception>
    public static TunDevice Create(NetworkNamespace place, string name) => place.Inside(() =>
    {
        var descriptor = LinuxCallException.Check(
            LinuxCalls.Open(
                "/dev/net/tun", LinuxCalls.OpenReadWrite | LinuxCalls.OpenNonBlocking | LinuxCalls.OpenCloseOnExec),
            "open /dev/net/tun");
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request[..(NameBytes - 1)]);
        BinaryPrimitives.WriteInt16LittleEndian(request[NameBytes..], LinuxCalls.TunNoPacketPrefix);
        fixed (byte* argument = request)
        {
            if (LinuxCalls.Control(descriptor, LinuxCalls.TunSetInterface, argument) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                _ = LinuxCalls.Close(descriptor);
                throw new LinuxCallException(
                    $"TUNSETIFF {name} in {place.Name}: {Marshal.GetPInvokeErrorMessage(error)} ({error})");
            }
        }

        return new TunDevice(descriptor);
    });

    /// <summary>Takes the next packet.</summary>
    /// <returns>Its length; −1 when none waits.</returns>
    public int TryRead(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var length = LinuxCalls.Read(Descriptor, bytes, (nuint)buffer.Length);
            if (length >= 0)
            {
                return (int)length;
            }

            var error = Marshal.GetLastPInvokeError();
            return error is LinuxCalls.TryAgain or LinuxCalls.Interrupted
                ? -1
                : throw new LinuxCallException($"read a tun device: {Marshal.GetPInvokeErrorMessage(error)} ({error})");
        }
    }

    /// <summary>Hands a packet to the system of the namespace, which handles it before the call returns.</summary>
    /// <returns>False when the system did not take it.</returns>
    public bool TryWrite(ReadOnlySpan<byte> packet)
    {
        fixed (byte* bytes = packet)
        {
            return LinuxCalls.Write(Descriptor, bytes, (nuint)packet.Length) == packet.Length;
        }
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
        {
            _ = LinuxCalls.Close(Descriptor);
            Descriptor = -1;
        }
    }
}
