using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Every sequence of 16 bytes of some texts, to be looked for elsewhere.</summary>
internal sealed class ByteWindows
{
    public const int Size = 16;

    private readonly HashSet<UInt128> _windows = [];

    public int Count => _windows.Count;

    public void Add(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i + Size <= bytes.Length; i++)
        {
            _windows.Add(BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(i)));
        }
    }

    /// <summary>The first place in some bytes where one of the sequences stands, as text; null when none
    /// does.</summary>
    public string? FirstIn(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i + Size <= bytes.Length; i++)
        {
            if (_windows.Contains(BinaryPrimitives.ReadUInt128BigEndian(bytes[i..])))
            {
                return Encoding.Latin1.GetString(bytes.Slice(i, Size));
            }
        }

        return null;
    }
}
