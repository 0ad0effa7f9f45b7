using System;
using System.Collections.Generic;

namespace MeshActors.Host.Demo.Report;

/// <summary>Percentiles by nearest rank: the smallest value that at least so many percent of all values do not
/// pass.</summary>
internal static class Percentile
{
    /// <summary>The value of rank ceil(<paramref name="percent"/> / 100 * count); always one that was
    /// measured.</summary>
    /// <param name="ascending">In ascending order; empty gives 0.</param>
    /// <param name="percent">Above 0, up to 100.</param>
    public static double Of(IReadOnlyList<double> ascending, int percent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        return ascending.Count == 0 ? 0 : ascending[(int)((((long)ascending.Count * percent) + 99) / 100) - 1];
    }
}
