using System;

namespace MeshActors.Transport.Remoting;

/// <summary>Names an actor by its path without address and number, in 64 bits (FNV-1a, 64 bits: Fowler, Noll, Vo), the same on every node.</summary>
internal struct PathHash
{
    private const ulong Basis = 0xCBF2_9CE4_8422_2325;
    private const ulong Prime = 0x100_0000_01B3;

    private ulong _state = Basis;

    public PathHash()
    {
    }

    public readonly ulong Value => _state;

    /// <summary>The name of a whole path.</summary>
    public static ulong Of(ReadOnlySpan<byte> path)
    {
        var hash = new PathHash();
        hash.AddPath(path);
        return hash.Value;
    }

    /// <summary>Adds a whole path, as <c>akka.mesh://system@host:1/user/a#7</c> or <c>/user/a</c>.</summary>
    public void AddPath(ReadOnlySpan<byte> path)
    {
        if (path.IndexOf("://"u8) is >= 0 and var scheme)
        {
            var behind = path[(scheme + 3)..];
            path = behind.IndexOf((byte)'/') is >= 0 and var root ? behind[root..] : default;
        }

        path = path.LastIndexOf((byte)'#') is >= 0 and var number ? path[..number] : path;
        foreach (var element in path.Split((byte)'/'))
        {
            AddElement(path[element]);
        }
    }

    /// <summary>Adds one element below; nothing when it is empty.</summary>
    public void AddElement(ReadOnlySpan<byte> element)
    {
        if (element.IsEmpty)
        {
            return;
        }

        Add((byte)'/');
        foreach (var letter in element)
        {
            Add(letter);
        }
    }

    private void Add(byte letter) => _state = unchecked((_state ^ letter) * Prime);
}
