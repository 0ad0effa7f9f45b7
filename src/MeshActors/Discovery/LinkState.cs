namespace MeshActors.Discovery;

/// <summary>How <see cref="RegistrationClient"/> stands with its backbone.</summary>
internal enum LinkState
{
    /// <summary>No stream; the next attempt comes after a delay.</summary>
    Away,

    /// <summary>A stream is being opened.</summary>
    Connecting,

    /// <summary>There is a stream.</summary>
    Connected,
}
