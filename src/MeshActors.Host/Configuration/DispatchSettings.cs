using System;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.dispatch</c>: retries of tasks.</summary>
/// <param name="FirstDelay">Before the first retry, 1 ms to 10 s.</param>
/// <param name="LargestDelay">No delay is longer, 1 ms to 1 minute.</param>
/// <param name="Attempts">Attempts in all, 1 to 32.</param>
internal sealed record DispatchSettings(TimeSpan FirstDelay, TimeSpan LargestDelay, int Attempts)
{
    public static DispatchSettings FromConfig(SectionReader section)
    {
        section.Choice("mode", ["mesh"], ["hub", "mesh-with-hub-fallback"]);
        var retry = section.Section("retry");
        var least = TimeSpan.FromMilliseconds(1);
        var settings = new DispatchSettings(
            retry.Duration("first-delay", least, TimeSpan.FromSeconds(10)),
            retry.Duration("largest-delay", least, TimeSpan.FromMinutes(1)),
            retry.Integer("attempts", 1, 32));
        retry.Require(
            "largest-delay",
            settings.LargestDelay >= settings.FirstDelay,
            "is shorter than first-delay",
            $"{Durations.Show(settings.FirstDelay)} to 1m");
        return settings;
    }
}
