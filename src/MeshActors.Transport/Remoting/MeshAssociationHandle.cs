using System;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace MeshActors.Transport.Remoting;

/// <summary>An association as Akka.Remote holds it; equal to another one between the same addresses.</summary>
internal sealed class MeshAssociationHandle : AssociationHandle
{
    private readonly AssociationStream _association;

    public MeshAssociationHandle(Address localAddress, Address remoteAddress, AssociationStream association)
        : base(localAddress, remoteAddress)
    {
        _association = association;
        _ = association.ListenAsync(ReadHandlerSource.Task);
    }

    public override bool Write(ByteString payload) => _association.TryWrite(payload.Memory);

    [Obsolete("Use the method that states reasons to make sure disassociation reasons are logged.")]
    public override void Disassociate() => _association.Disassociate();
}
