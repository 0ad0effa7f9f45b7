using System;

namespace MeshActors.Transport.Session;

/// <summary>Which of the last 8,192 packet numbers were seen (RFC 4303, section 3.4.3; ring of RFC 6479).</summary>
/// <remarks>Constant time and memory; a number is marked only after its packet was opened.</remarks>
internal sealed class ReplayWindow
{
    /// <summary>Numbers this far below the highest one, or further, are too old.</summary>
    public const int Size = 8_192;

    private const int BitsPerWord = 64;

    /// <summary>One word more than the window needs, so that the highest number's word can be filled while the lowest
    /// ones still count.</summary>
    private const int Words = (Size / BitsPerWord) + 1;

    private readonly ulong[] _seen = new ulong[Words];
    private readonly ulong _first;
    private ulong _next;

    /// <param name="first">The lowest number that is not too old from the start.</param>
    public ReplayWindow(ulong first = 0)
    {
        _first = first;
        _next = first;
    }

    /// <summary>The highest number marked plus one; the first one before that.</summary>
    public ulong Next => _next;

    /// <summary>True when the number lies below the window.</summary>
    public bool IsTooOld(ulong number) => number < _first || (number < _next && _next - number > Size);

    /// <summary>True when the number lies in the window and was marked.</summary>
    public bool IsSeen(ulong number) => number < _next && (_seen[WordOf(number)] & BitOf(number)) != 0;

    /// <summary>True when a packet with this number may be opened and its frames believed.</summary>
    public bool MayAccept(ulong number) => !IsTooOld(number) && !IsSeen(number);

    /// <summary>Marks a number that <see cref="MayAccept"/> accepted; below 2^64 - 1.</summary>
    public void Mark(ulong number)
    {
        if (number >= _next)
        {
            Advance(number);
        }

        _seen[WordOf(number)] |= BitOf(number);
    }

    private static int WordOf(ulong number) => (int)(number / BitsPerWord % Words);

    private static ulong BitOf(ulong number) => 1ul << (int)(number % BitsPerWord);

    /// <summary>Clears the words between the highest number so far and the one that takes its place.</summary>
    private void Advance(ulong number)
    {
        var last = number / BitsPerWord;
        var first = _next == 0 ? 0 : ((_next - 1) / BitsPerWord) + 1;
        if (last >= first)
        {
            var count = Math.Min(last - first + 1, Words);
            for (var word = 0ul; word < count; word++)
            {
                _seen[(int)((last - word) % Words)] = 0;
            }
        }

        _next = number + 1;
    }
}
