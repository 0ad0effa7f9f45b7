namespace MeshActors.Transport.Streams;

/// <summary>What one stream counts in the credit of its tunnel, in bytes.</summary>
/// <param name="Highest">Offset after the highest byte that arrived.</param>
/// <param name="Begun">Bytes of a message that is not whole, and of those that the owner keeps for something that comes by another stream.</param>
/// <param name="Released">Bytes taken by the owner or thrown away.</param>
/// <param name="Pieces">Pieces ahead of a gap: not bytes.</param>
internal readonly record struct ReceiveAccount(long Highest, long Begun, long Released, int Pieces);
