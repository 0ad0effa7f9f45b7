using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MeshActors.Transport.Chance;

namespace MeshActors.Tasks;

/// <summary>The name of one task: 128 random bits, the same in every attempt, on every node.</summary>
/// <param name="Value">The bits.</param>
public readonly record struct TaskId(UInt128 Value)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 16;

    private const int TextLength = 32;

    /// <summary>Reads 32 hex digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TaskId id)
    {
        id = default;

        // The framework takes numbers with zero characters behind them.
        if (text is not { Length: TextLength }
            || !char.IsAsciiHexDigit(text[^1])
            || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        id = new TaskId(value);
        return true;
    }

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    internal static TaskId Create(IRandomSource random) =>
        new(new UInt128(random.NextUInt64(), random.NextUInt64()));

    /// <summary>Reads <see cref="Size"/> bytes; false when there are more or fewer.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> source, out TaskId id)
    {
        id = source.Length == Size ? new TaskId(BinaryPrimitives.ReadUInt128BigEndian(source)) : default;
        return source.Length == Size;
    }

    internal byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }
}
