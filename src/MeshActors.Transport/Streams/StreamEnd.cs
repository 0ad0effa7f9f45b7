namespace MeshActors.Transport.Streams;

/// <summary>How a stream ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Code">The code of a reset or a close, else 0.</param>
/// <param name="MayHaveArrived">False when no byte of the stream was ever put in a packet here, so the peer has none of what was sent.</param>
internal readonly record struct StreamEnd(StreamEndReason Reason, ulong Code, bool MayHaveArrived);
