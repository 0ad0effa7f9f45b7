using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>How large datagrams may be on one path: found by probes, as RFC 8899 says (docs/protocol.md, section 5.1).</summary>
/// <remarks>
/// <para>Base → searching → found. A size counts when a probe of it was acknowledged, and only then data is sent in it. Sizes are tried from a ladder, one probe
/// at a time, each up to three times; the first that fails ends the search for ten minutes. A path that swallows datagrams of a size
/// that it took before (a black hole) goes back to the base at once, and is searched again after a second, and later each time it does so again.</para>
/// <para>It searches only while datagrams of the size found are being filled: an idle tunnel sends no probes. It does not send, and does not find out what became of a
/// probe: its owner does, and tells.</para>
/// </remarks>
internal sealed class PathMtu
{
    /// <summary>Bytes of a datagram, UDP payload, that every path carries (RFC 9000, section 14).</summary>
    public const int BaseBytes = 1_200;

    /// <summary>No datagram is larger.</summary>
    public const int LargestBytes = 65_000;

    /// <summary>Probes of a size that must be lost for it to count as too large (RFC 8899, section 5.1.2: MAX_PROBES).</summary>
    public const int ProbesOfASize = 3;

    /// <summary>After a search that has ended the next size is tried again (RFC 8899, section 5.1.1: PMTU_RAISE_TIMER).</summary>
    public static readonly TimeSpan SearchAgain = TimeSpan.FromMinutes(10);

    /// <summary>
    /// After a black hole the path is searched again; each further one takes twice as long. The first costs little to look at again, and a receiver that
    /// was too slow for some batches in a row looks just like one.
    /// </summary>
    public static readonly TimeSpan FirstSearchAfterBlackHole = TimeSpan.FromSeconds(1);

    /// <summary>The time until then does not grow beyond this.</summary>
    public static readonly TimeSpan LongestSearchAfterBlackHole = TimeSpan.FromMinutes(1);

    /// <summary>A datagram with fewer bytes left counts as filled: what comes next did not fit.</summary>
    private const int AsGoodAsFilled = 32;

    /// <summary>
    /// The least link of IPv6 is 1,280 with headers, so that much of payload passes most tunnels; 1,400 most others; 1,452 and 1,472 Ethernet under IPv6 and
    /// IPv4; 8,900 jumbo frames. The rest passes loopback interfaces only, whose MTU is 65,536.
    /// </summary>
    private static readonly int[] Ladder = [1_280, 1_400, 1_452, 1_472, 8_900, 16_384, 32_768, LargestBytes];

    private const int LargestOutsideBytes = 8_900;

    private readonly int _mostBytes;
    private MonoTime _searchFrom;
    private bool _isFilled;
    private bool _isProbing;
    private int _lost;
    private TimeSpan _searchAfterBlackHole = FirstSearchAfterBlackHole;

    /// <param name="mostBytes">No larger datagram is tried; at least <see cref="BaseBytes"/>.</param>
    /// <param name="isLoopback">Whether the path stays in this machine.</param>
    /// <param name="now">The present.</param>
    public PathMtu(int mostBytes, bool isLoopback, MonoTime now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBytes, BaseBytes);
        _mostBytes = isLoopback ? mostBytes : Math.Min(mostBytes, LargestOutsideBytes);
        _searchFrom = now;
    }

    /// <summary>Bytes of the largest datagram to be sent, UDP payload.</summary>
    public int DatagramBytes { get; private set; } = BaseBytes;

    /// <summary>Says whether a probe is to be sent now.</summary>
    /// <returns>Its size, 0 when none is.</returns>
    public int PollProbe(MonoTime now) => !_isFilled || _isProbing || now < _searchFrom ? 0 : NextSize();

    /// <summary>The probe that <see cref="PollProbe"/> asked for was sent.</summary>
    public void HandleProbeSent()
    {
        _isProbing = true;
        _isFilled = false;
    }

    /// <summary>The probe under way arrived: the path carries its size.</summary>
    public void HandleProbeArrived()
    {
        if (_isProbing)
        {
            _isProbing = false;
            _lost = 0;
            DatagramBytes = NextSize();
        }
    }

    /// <summary>The probe under way was lost.</summary>
    public void HandleProbeLost(MonoTime now)
    {
        if (!_isProbing)
        {
            return;
        }

        _isProbing = false;
        _isFilled = true;
        if (++_lost == ProbesOfASize)
        {
            _lost = 0;
            _searchFrom = now + SearchAgain;
        }
    }

    /// <summary>Datagrams that the path carried before are swallowed now.</summary>
    public void HandleBlackHole(MonoTime now)
    {
        DatagramBytes = BaseBytes;
        _isProbing = false;
        _lost = 0;
        _searchFrom = now + _searchAfterBlackHole;
        _searchAfterBlackHole = TimeSpan.FromTicks(
            Math.Min(2 * _searchAfterBlackHole.Ticks, LongestSearchAfterBlackHole.Ticks));
    }

    /// <summary>A datagram that is no probe was sent.</summary>
    public void HandleSent(int bytes) => _isFilled |= bytes > DatagramBytes - AsGoodAsFilled;

    private int NextSize()
    {
        foreach (var size in Ladder)
        {
            if (size > DatagramBytes)
            {
                return size <= _mostBytes ? size : 0;
            }
        }

        return 0;
    }
}
