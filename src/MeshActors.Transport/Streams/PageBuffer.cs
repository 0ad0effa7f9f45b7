using System;
using System.Buffers;

namespace MeshActors.Transport.Streams;

/// <summary>Bytes of a stream that arrived ahead of a gap, in rented pages at their own offsets.</summary>
/// <remarks>
/// Holds at most a page for each <see cref="PageSize"/> bytes of the stream's window, however small the pieces are.
/// Which bytes of a page are valid is for the owner to know.
/// </remarks>
internal sealed class PageBuffer
{
    public const int PageSize = 4096;

    private byte[]?[] _ring = [];
    private long _firstPage;
    private int _held;

    /// <summary>Pages rented now.</summary>
    public int HeldPages => _held;

    /// <summary>Where pages come from and go to. The framework's shared pool keeps a few dozen: a longer gap costs memory each time.</summary>
    public ArrayPool<byte> Pool { get; set; } = ArrayPool<byte>.Shared;

    /// <summary>Stores bytes at their offset; nothing below the last <see cref="FreeBelow"/> may be stored.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var within = (int)(offset % PageSize);
            var length = Math.Min(bytes.Length, PageSize - within);
            bytes[..length].CopyTo(RentPage(offset / PageSize).AsSpan(within));
            bytes = bytes[length..];
            offset += length;
        }
    }

    /// <summary>The stored bytes from an offset up to an end, or up to the end of the page if that comes first.</summary>
    public ReadOnlySpan<byte> Read(long offset, long end)
    {
        var within = (int)(offset % PageSize);
        var length = (int)Math.Min(end - offset, PageSize - within);
        return _ring[(offset / PageSize) & (_ring.Length - 1)].AsSpan(within, length);
    }

    /// <summary>Gives back the pages that lie wholly below an offset.</summary>
    public void FreeBelow(long offset)
    {
        var page = offset / PageSize;
        while (_held > 0 && _firstPage < page)
        {
            Return(_firstPage++);
        }

        _firstPage = Math.Max(_firstPage, page);
    }

    /// <summary>Gives all pages back.</summary>
    public void FreeAll()
    {
        for (var i = 0; i < _ring.Length && _held > 0; i++)
        {
            Return(_firstPage + i);
        }
    }

    /// <summary>Lets the memory of an empty ring go.</summary>
    public void Trim()
    {
        if (_held == 0)
        {
            _ring = [];
        }
    }

    private byte[] RentPage(long page)
    {
        while (page - _firstPage >= _ring.Length)
        {
            Grow();
        }

        ref var slot = ref _ring[page & (_ring.Length - 1)];
        if (slot is null)
        {
            slot = Pool.Rent(PageSize);
            _held++;
        }

        return slot;
    }

    private void Return(long page)
    {
        ref var slot = ref _ring[page & (_ring.Length - 1)];
        if (slot is not null)
        {
            Pool.Return(slot);
            slot = null;
            _held--;
        }
    }

    private void Grow()
    {
        var larger = new byte[]?[Math.Max(4, _ring.Length * 2)];
        for (var i = 0; i < _ring.Length; i++)
        {
            var page = _firstPage + i;
            larger[page & (larger.Length - 1)] = _ring[page & (_ring.Length - 1)];
        }

        _ring = larger;
    }
}
