using System;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.Congestion;

/// <summary>Makes controllers.</summary>
internal static class CongestionControllers
{
    /// <param name="control">Which.</param>
    /// <param name="random">Chance.</param>
    public static ICongestionController Create(CongestionControl control, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return control == CongestionControl.Cubic ? new Cubic() : new Bbr(random);
    }
}
