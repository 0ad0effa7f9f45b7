namespace MeshActors.Transport.Paths;

/// <summary>Whether a node takes part in guessing ports.</summary>
internal sealed record PunchSettings
{
    /// <summary>Whether it does at all.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Whether many ports may be tried at random, up to 2,000 with datagrams of 64 bytes, 200 a second, once in 20 s.</summary>
    public bool WithBirthdays { get; init; } = true;
}
