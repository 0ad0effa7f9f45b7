using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Handshake;

/// <summary>Shares what a node does for strangers among the prefixes they come from: /24 of IPv4, /56 of IPv6.</summary>
/// <remarks>
/// <para>What comes over a relay is a prefix of its own for each relay and node behind it, for the relay stands for who it was; what comes over connections, for each
/// network that they came from.</para>
/// <para>One bucket for the node, two for each prefix. While the node's is more than half full, whoever comes is served: many
/// nodes of one network may come back at once. Below half a prefix is held to its own rate, and the last quarter is kept for
/// prefixes that have hardly asked of late: 1,000 that keep on asking use no more of it than 100 tokens a second.</para>
/// <para>What is refused counts as asked. Prefixes that were forgotten count as new.</para>
/// </remarks>
internal sealed class SourceQuota
{
    /// <summary>Prefixes remembered; then the one heard of the longest time ago goes.</summary>
    public const int MaxPrefixes = 4_096;

    /// <summary>A prefix has hardly asked while it stays below this.</summary>
    private static readonly BucketRate HardlyEver = new(0.1, 3);

    private const int IPv4HostBits = 8;
    private const int IPv6HostBits = 72;

    private readonly BucketRate _prefixRate;
    private readonly BucketRate _nodeRate;
    private readonly LeastRecentlyUsed<UInt128, (MonoTime Own, MonoTime Seldom)> _prefixes = new(MaxPrefixes);
    private MonoTime _node;

    /// <param name="prefix">What one prefix may ask for when there is not enough for all.</param>
    /// <param name="node">What all may ask for.</param>
    public SourceQuota(BucketRate prefix, BucketRate node)
    {
        _prefixRate = prefix;
        _nodeRate = node;
    }

    /// <summary>Prefixes remembered now.</summary>
    public int Count => _prefixes.Count;

    /// <summary>Takes a token for a source, when there is one for it.</summary>
    public bool TryTake(UdpEndpoint source, MonoTime now)
    {
        var prefix = PrefixOf(source);
        _prefixes.TryPeek(prefix, out var buckets);
        var left = _nodeRate.Tokens(_node, now);
        var isPlenty = left > _nodeRate.Burst / 2;
        var isFair = left > _nodeRate.Burst / 4 && _prefixRate.Tokens(buckets.Own, now) > 0;
        var isNew = left > 0 && HardlyEver.Tokens(buckets.Seldom, now) > 0;
        _prefixes.Set(prefix, (_prefixRate.AfterOne(buckets.Own, now), HardlyEver.AfterOne(buckets.Seldom, now)));
        if (!isPlenty && !isFair && !isNew)
        {
            return false;
        }

        _node = _nodeRate.AfterOne(_node, now);
        return true;
    }

    private static UInt128 PrefixOf(UdpEndpoint source)
    {
        if (RelayedEndpoint.IsReserved(source))
        {
            return ConnectionEndpoint.TryRead(source, out _) ? ConnectionEndpoint.SharedBits(source) : source.Bits;
        }

        var hostBits = source.IsIPv4 ? IPv4HostBits : IPv6HostBits;
        return source.Bits >> hostBits << hostBits;
    }
}
