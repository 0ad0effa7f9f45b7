namespace MeshActors.Transport.Streams;

/// <summary>The round trip of whichever path a tunnel sends on, for those to whom the path is one and the same.</summary>
internal sealed class RoundTripInUse
{
    public RoundTripEstimator Current { get; set; } = new();
}
