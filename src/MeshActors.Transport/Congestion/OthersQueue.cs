using System;

namespace MeshActors.Transport.Congestion;

/// <summary>Finds out whether others keep the queue full, by what is left of it when this flow's own part should be gone.</summary>
/// <remarks>
/// Asked after each probe for bandwidth. What the probe itself left is no sign while nothing is lost. Who has been found stays found until three times in a row no
/// queue is seen between probes: CUBIC leaves a short queue empty for a while after each loss, and who took that for an empty path would take most of it.
/// </remarks>
internal sealed class OthersQueue
{
    private const int LeastQuiet = 3;
    private const int ProbesAfterLoss = 3;

    private static readonly TimeSpan MostOwn = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LeastQueue = TimeSpan.FromMilliseconds(1);

    private int _quiet;
    private int _probesSinceLoss = ProbesAfterLoss;
    private TimeSpan _longest;

    /// <summary>True while others keep the queue full.</summary>
    public bool Stands { get; private set; }

    /// <summary>Something was lost.</summary>
    public void HandleLost() => _probesSinceLoss = 0;

    /// <summary>A probe is over, and what it added was let go.</summary>
    public void HandleProbe(PathModel path)
    {
        Stands |= path.HasQueue(_probesSinceLoss < ProbesAfterLoss ? TimeSpan.Zero : MostOwn);
        _probesSinceLoss++;
    }

    /// <summary>No more is sent from here on than the path delivers.</summary>
    public void BeginCruise() => _longest = TimeSpan.Zero;

    /// <summary>A round of cruise is over.</summary>
    /// <param name="queue">How much longer its shortest round trip was than without a queue.</param>
    public void HandleRound(TimeSpan queue) => _longest = queue > _longest ? queue : _longest;

    /// <summary>The next probe is about to begin.</summary>
    public void EndCruise()
    {
        _quiet = _longest > LeastQueue ? 0 : _quiet + 1;
        Stands &= _quiet < LeastQuiet;
    }
}
