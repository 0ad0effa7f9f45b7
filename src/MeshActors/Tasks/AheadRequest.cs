using System;

namespace MeshActors.Tasks;

/// <summary>The request of a task that may run twice, as it may go ahead of its tunnel: with the message that opens it.</summary>
/// <param name="Header">The first message of the attempt's stream.</param>
/// <param name="Payload">The message after it.</param>
internal sealed record AheadRequest(ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Payload);
