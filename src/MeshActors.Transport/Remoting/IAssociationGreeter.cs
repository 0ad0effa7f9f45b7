using System;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Remoting;

/// <summary>The side of an association that knows what its hello means: who dialled, or who was dialled. On the driver loop.</summary>
internal interface IAssociationGreeter
{
    /// <summary>The peer's hello.</summary>
    /// <returns>Null when it is accepted, else the code the stream is reset with.</returns>
    ulong? HandleHello(AssociationStream association, AssociationHello hello);

    /// <summary>Looks at a payload before Akka gets it.</summary>
    /// <returns>False when it claims to come from somebody else.</returns>
    bool Admits(AssociationStream association, ReadOnlyMemory<byte> payload);

    /// <summary>The stream has ended, greeted or not.</summary>
    void HandleEnded(AssociationStream association, StreamEnd end);
}
