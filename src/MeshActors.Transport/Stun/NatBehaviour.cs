using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Stun;

/// <summary>How the NATs between a node and the internet behave, taken together.</summary>
/// <remarks>
/// <code>
/// 0: mapping | 1: filtering | 2: port pattern | 3: flags | 4: step, signed | 5: zero | 6, 7: lowest port | 8, 9: highest port
/// </code>
/// A value of mapping, filtering or pattern that is not known is read as unknown, flags that are not known are left out.
/// </remarks>
/// <param name="Mapping">What of the remote endpoint another mapping is made for.</param>
/// <param name="Filtering">What of the remote endpoint must have been sent to before something comes in from it.</param>
/// <param name="Ports">How public ports are chosen.</param>
/// <param name="Flags">What else is known.</param>
internal readonly record struct NatBehaviour(
    EndpointDependence Mapping, EndpointDependence Filtering, NatPorts Ports, NatFlags Flags)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 10;

    private const NatFlags KnownFlags = NatFlags.Hairpin | NatFlags.UdpBlocked | NatFlags.NotTranslated;

    /// <summary>Reads the first <see cref="Size"/> bytes.</summary>
    /// <returns>False when there are fewer, or step and block do not go with the pattern.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out NatBehaviour behaviour)
    {
        behaviour = default;
        if (source.Length < Size)
        {
            return false;
        }

        var pattern = source[2] <= (byte)PortPattern.Random ? (PortPattern)source[2] : PortPattern.Unknown;
        var step = unchecked((sbyte)source[4]);
        var low = BinaryPrimitives.ReadUInt16BigEndian(source[6..]);
        var high = BinaryPrimitives.ReadUInt16BigEndian(source[8..]);
        NatPorts? ports = pattern switch
        {
            PortPattern.Sequential => Math.Abs((int)step) is >= 1 and <= PortSamples.MaxStep ? new(pattern, Step: step) : null,
            PortPattern.Random => low >= 1 && low <= high ? new(pattern, BlockLow: low, BlockHigh: high) : null,
            _ => new(pattern),
        };
        behaviour = new NatBehaviour(Dependence(source[0]), Dependence(source[1]), ports ?? default, (NatFlags)source[3] & KnownFlags);
        return ports is not null;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Mapping;
        destination[1] = (byte)Filtering;
        destination[2] = (byte)Ports.Pattern;
        destination[3] = (byte)Flags;
        destination[4] = unchecked((byte)(sbyte)Ports.Step);
        destination[5] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], (ushort)Ports.BlockLow);
        BinaryPrimitives.WriteUInt16BigEndian(destination[8..], (ushort)Ports.BlockHigh);
    }

    private static EndpointDependence Dependence(byte value) => value <= (byte)EndpointDependence.AddressAndPortDependent
        ? (EndpointDependence)value
        : EndpointDependence.Unknown;
}
