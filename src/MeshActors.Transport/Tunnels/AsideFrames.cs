using System;
using System.Collections.Generic;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>Frames that wait to be sent beside the streams of a tunnel: at most one of each type, since a newer one says all that counts.</summary>
internal sealed class AsideFrames
{
    /// <summary>Frames that wait; a further one takes the place of the oldest.</summary>
    private const int Most = 4;

    private readonly List<(ulong Type, byte[] Frame)> _waiting = [];

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Sends a frame beside the streams, once, on the path in use; it takes the place of one of its type that is still waiting.</summary>
    /// <param name="type">Of a frame that carries its length.</param>
    /// <param name="content">At most <see cref="PathInbox.MostContentBytes"/>.</param>
    public void Add(ulong type, ReadOnlySpan<byte> content)
    {
        var frame = new byte[VarInt.Size(type) + VarInt.Size((ulong)content.Length) + content.Length];
        var written = VarInt.Write(frame, type);
        written += VarInt.Write(frame.AsSpan(written), (ulong)content.Length);
        content.CopyTo(frame.AsSpan(written));
        var same = _waiting.FindIndex(waiting => waiting.Type == type);
        if (same >= 0 || _waiting.Count == Most)
        {
            Remove(Math.Max(same, 0));
        }

        _waiting.Add((type, frame));
    }

    /// <summary>Hands out the oldest.</summary>
    /// <returns>Its bytes, 0 when there is none.</returns>
    public int Poll(Span<byte> destination)
    {
        if (_waiting.Count == 0)
        {
            return 0;
        }

        var frame = _waiting[0].Frame;
        frame.CopyTo(destination);
        var length = frame.Length;
        Remove(0);
        return length;
    }

    /// <summary>Frames may hold keys.</summary>
    private void Remove(int index)
    {
        _waiting[index].Frame.AsSpan().Clear();
        _waiting.RemoveAt(index);
    }
}
