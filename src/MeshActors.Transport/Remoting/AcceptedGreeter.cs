using System;
using Akka.Actor;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Remoting;

/// <summary>One association that a peer dialled: admits its address, answers, and hands the association to Akka.</summary>
internal sealed class AcceptedGreeter : IAssociationGreeter
{
    private readonly Associations _associations;
    private Address? _origin;
    private bool _associated;

    public AcceptedGreeter(Associations associations)
    {
        _associations = associations;
    }

    public ulong? HandleHello(AssociationStream association, AssociationHello hello)
    {
        if (!_associations.Origins.TryClaim(hello.Address, association))
        {
            _associations.WarnOfOrigin(association.Stream.Tunnel, hello.Address);
            return AssociationResetCode.WrongOrigin;
        }

        _origin = hello.Address;
        var handle = new MeshAssociationHandle(_associations.LocalAddress, hello.Address, association);
        association.TryGreet(_associations.HelloOf(association));
        association.OpenCompanions(hello.Number, _associations.HasRoomForLarge(association));
        _associations.Announce(handle);
        return null;
    }

    public bool Admits(AssociationStream association, ReadOnlyMemory<byte> payload)
    {
        if (!_associated)
        {
            _associated = AssociateOrigin.Is(payload, _origin!);
            if (!_associated)
            {
                _associations.WarnOfOrigin(association.Stream.Tunnel, _origin!);
            }
        }

        return _associated;
    }

    public void HandleEnded(AssociationStream association, StreamEnd end)
    {
        if (_origin is not null)
        {
            _associations.Origins.Release(_origin, association);
        }

        _associations.Remove(association);
    }
}
