using System;
using System.Text;

namespace MeshActors.Transport.Wire;

/// <summary>The sender has ended the tunnel (docs/protocol.md, section 6.5).</summary>
internal readonly ref struct CloseFrame
{
    /// <summary>Longest reason in bytes of UTF-8.</summary>
    public const int MaxReasonBytes = 256;

    private CloseFrame(ulong code, ReadOnlySpan<byte> reason)
    {
        Code = code;
        ReasonUtf8 = reason;
    }

    public ulong Code { get; }

    /// <summary>For people, and from the network: bytes that are not UTF-8 are replaced when decoded.</summary>
    public ReadOnlySpan<byte> ReasonUtf8 { get; }

    /// <summary>Reads what follows the type.</summary>
    /// <returns>False when it is cut short or the reason is too long.</returns>
    public static bool TryRead(ref FrameReader reader, out CloseFrame frame)
    {
        frame = default;
        if (!reader.TryReadVarInt(out var code)
            || !reader.TryReadPrefixed(out var reason)
            || reason.Length > MaxReasonBytes)
        {
            return false;
        }

        frame = new CloseFrame(code, reason);
        return true;
    }

    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public static int Size(ulong code, ReadOnlySpan<byte> reasonUtf8) =>
        1 + VarInt.Size(code) + VarInt.Size((ulong)reasonUtf8.Length) + reasonUtf8.Length;

    public static int Write(Span<byte> destination, ulong code, ReadOnlySpan<byte> reasonUtf8)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reasonUtf8.Length, MaxReasonBytes);
        var written = VarInt.Write(destination, FrameType.Close);
        written += VarInt.Write(destination[written..], code);
        written += VarInt.Write(destination[written..], (ulong)reasonUtf8.Length);
        reasonUtf8.CopyTo(destination[written..]);
        return written + reasonUtf8.Length;
    }

    /// <summary>A reason as bytes, cut at a character so that it is not too long.</summary>
    public static byte[] EncodeReason(string reason)
    {
        Span<byte> bytes = stackalloc byte[MaxReasonBytes];
        Encoding.UTF8.GetEncoder().Convert(reason, bytes, flush: true, out _, out var used, out _);
        return bytes[..used].ToArray();
    }
}
