using System;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.Congestion;

/// <summary>Which controller a tunnel uses.</summary>
internal enum CongestionControl
{
    Cubic,
}

/// <summary>Makes controllers.</summary>
internal static class CongestionControllers
{
    /// <param name="control">Which.</param>
    /// <param name="random">Chance.</param>
    public static ICongestionController Create(CongestionControl control, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new Cubic();
    }
}
