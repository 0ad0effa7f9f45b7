using System;
using System.Buffers;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>What <see cref="MessageAssembler.Push"/> came to.</summary>
internal enum AssemblyStep
{
    /// <summary>All bytes were used and the message is not whole.</summary>
    NeedsMore,

    /// <summary>A message is whole; bytes may be left for the next.</summary>
    Message,

    /// <summary>A length of 0, beyond the longest of its lane, or not in its shortest form.</summary>
    BadLength,
}

/// <summary>Cuts the bytes of a stream into messages (docs/protocol.md, section 6.2).</summary>
/// <remarks>
/// A length prefix is only a claim: at most <see cref="FirstCapacity"/> bytes of memory are taken for it. When those are full, the rest is
/// taken at once if the sender has credit for the whole message, which bounds what all claims come to; else memory doubles.
/// </remarks>
internal sealed class MessageAssembler
{
    /// <summary>Most memory for a message of which nothing more than its length is known, in bytes.</summary>
    public const int FirstCapacity = 64 * 1024;

    private readonly int _mostBytes;
    private ulong _prefix;
    private int _prefixFilled;
    private int _prefixSize;
    private byte[]? _message;
    private int _filled;

    /// <param name="mostBytes">Longest message of the stream's lane.</param>
    public MessageAssembler(int mostBytes)
    {
        _mostBytes = mostBytes;
    }

    /// <summary>Length of the message under way in bytes, 0 while it is not known.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of the message under way with its prefix, 0 while its length is not known.</summary>
    public int LengthWithPrefix => Length == 0 ? 0 : Length + _prefixSize;

    /// <summary>Where the memory of messages comes from when their reader gives it back; null for fresh arrays.</summary>
    public ArrayPool<byte>? Pool { get; set; }

    /// <summary>Bytes from the start of the message under way on that the sender has credit for.</summary>
    public long CreditBytes { get; set; }

    public bool IsBetweenMessages => Length == 0 && _prefixFilled == 0;

    /// <summary>Takes bytes off the front of <paramref name="bytes"/> up to the end of one message.</summary>
    public AssemblyStep Push(ref ReadOnlySpan<byte> bytes, out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (Length == 0 && !TryReadLength(ref bytes, out var bad))
        {
            return bad ? AssemblyStep.BadLength : AssemblyStep.NeedsMore;
        }

        var take = Math.Min(Length - _filled, bytes.Length);
        EnsureCapacity(take);
        bytes[..take].CopyTo(_message.AsSpan(_filled));
        bytes = bytes[take..];
        _filled += take;
        if (_filled < Length)
        {
            return AssemblyStep.NeedsMore;
        }

        message = _message.AsMemory(0, Length);
        Clear();
        return AssemblyStep.Message;
    }

    /// <summary>Lets go of a message under way.</summary>
    public void Clear()
    {
        _message = null;
        _filled = 0;
        _prefixFilled = 0;
        _prefix = 0;
        Length = 0;
    }

    private bool TryReadLength(ref ReadOnlySpan<byte> bytes, out bool bad)
    {
        bad = false;
        while (!bytes.IsEmpty)
        {
            if (_prefixFilled == 0)
            {
                _prefixSize = VarInt.SizeFromFirstByte(bytes[0]);
                _prefix = bytes[0] & 0x3Fu;
            }
            else
            {
                _prefix = (_prefix << 8) | bytes[0];
            }

            bytes = bytes[1..];
            if (++_prefixFilled == _prefixSize)
            {
                bad = _prefix == 0 || _prefix > (ulong)_mostBytes || VarInt.Size(_prefix) != _prefixSize;
                Length = bad ? 0 : (int)_prefix;
                return !bad;
            }
        }

        return false;
    }

    /// <summary>Arrays are not cleared before use: a message leaves only when every byte of it was written.</summary>
    private void EnsureCapacity(int more)
    {
        if (_message is null)
        {
            _message = Take(Math.Min(Length, Math.Max(FirstCapacity, more)));
        }
        else if (_filled + more > _message.Length)
        {
            var larger = Take(LengthWithPrefix <= CreditBytes
                ? Length
                : Math.Min(Length, Math.Max(_message.Length * 2, _filled + more)));
            _message.AsSpan(0, _filled).CopyTo(larger);
            Pool?.Return(_message);
            _message = larger;
        }
    }

    private byte[] Take(int bytes) => Pool?.Rent(bytes) ?? GC.AllocateUninitializedArray<byte>(bytes);
}
