namespace MeshActors.LinkLab.Link;

/// <summary>What one direction of a link has done since it took its shape.</summary>
/// <param name="Offered">Packets that came to it.</param>
/// <param name="Delivered">Packets that left it at the other end.</param>
/// <param name="DeliveredBytes">Their bytes.</param>
/// <param name="QueueDrops">Packets that found the queue full.</param>
/// <param name="RandomDrops">Packets lost by chance.</param>
/// <param name="PolicerDrops">Packets the token bucket did not let through.</param>
/// <param name="TooLong">Packets longer than the MTU.</param>
/// <param name="Marked">Packets marked "congestion experienced".</param>
/// <param name="WaitNanoseconds">Time packets waited in the queue, all together.</param>
/// <param name="Accepted">Packets that entered the queue.</param>
/// <param name="LateNanoseconds">How much later than due packets were handed over, all together.</param>
/// <param name="LatestNanoseconds">The same, of the one that was handed over latest.</param>
internal readonly record struct LinkCounters(
    long Offered,
    long Delivered,
    long DeliveredBytes,
    long QueueDrops,
    long RandomDrops,
    long PolicerDrops,
    long TooLong,
    long Marked,
    long WaitNanoseconds,
    long Accepted,
    long LateNanoseconds,
    long LatestNanoseconds)
{
    /// <summary>What happened between two looks; the latest hand-over is that of the whole time.</summary>
    public static LinkCounters operator -(LinkCounters after, LinkCounters before) => new(
        after.Offered - before.Offered,
        after.Delivered - before.Delivered,
        after.DeliveredBytes - before.DeliveredBytes,
        after.QueueDrops - before.QueueDrops,
        after.RandomDrops - before.RandomDrops,
        after.PolicerDrops - before.PolicerDrops,
        after.TooLong - before.TooLong,
        after.Marked - before.Marked,
        after.WaitNanoseconds - before.WaitNanoseconds,
        after.Accepted - before.Accepted,
        after.LateNanoseconds - before.LateNanoseconds,
        after.LatestNanoseconds);
}
