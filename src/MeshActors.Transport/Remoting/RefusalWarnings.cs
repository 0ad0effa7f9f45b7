using System;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>Says which refusals are worth a warning: the first of a type and sender, then one a minute, and ten a second of all, since peers choose both.</summary>
internal sealed class RefusalWarnings
{
    /// <summary>Types and senders remembered; then the one that was refused the longest time ago is forgotten.</summary>
    public const int MaxKinds = 1_024;

    /// <summary>Between two warnings of one type and sender.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Warnings of all types and senders.</summary>
    public static readonly BucketRate MostWarnings = new(10, 10);

    private readonly LeastRecentlyUsed<(ulong Type, ulong Sender), Refusals> _kinds = new(MaxKinds);
    private MonoTime _all;

    /// <summary>A message was refused.</summary>
    /// <returns>Messages of this type and sender that were refused since the last warning, this one too; 0 for no warning.</returns>
    public long HandleRefused(ReadOnlySpan<byte> manifest, ReadOnlySpan<byte> sender, MonoTime now)
    {
        var key = (HashOf(manifest), HashOf(sender));
        var isKnown = _kinds.TryGet(key, out var refusals);
        var count = refusals.Count + 1;
        var isDue = (!isKnown || now >= refusals.NextWarningAt) && MostWarnings.Tokens(_all, now) > 0;
        _kinds.Set(key, new Refusals(isDue ? 0 : count, isDue ? now + Interval : refusals.NextWarningAt));
        if (!isDue)
        {
            return 0;
        }

        _all = MostWarnings.AfterOne(_all, now);
        return count;
    }

    private static ulong HashOf(ReadOnlySpan<byte> text)
    {
        var hash = default(HashCode);
        hash.AddBytes(text);
        return ((ulong)text.Length << 32) | unchecked((uint)hash.ToHashCode());
    }

    private readonly record struct Refusals(long Count, MonoTime NextWarningAt);
}
