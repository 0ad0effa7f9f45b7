namespace MeshActors.Transport.Remoting;

/// <summary>How much one association takes.</summary>
/// <param name="MaximumPayloadBytes">Longest payload that Akka may write, bytes.</param>
/// <param name="HighWaterMark">Bytes of payloads that may wait for the stream before further ones are refused.</param>
internal sealed record AssociationBounds(int MaximumPayloadBytes, int HighWaterMark);
