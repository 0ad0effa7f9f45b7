using System;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Remote.Transport;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Remoting;

/// <summary>One association that this node dialled: waits for the peer's hello.</summary>
internal sealed class DialledGreeter : IAssociationGreeter
{
    private readonly Associations _associations;
    private readonly Address _remoteAddress;
    private readonly TaskCompletionSource<AssociationHandle> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DialledGreeter(Associations associations, Address remoteAddress)
    {
        _associations = associations;
        _remoteAddress = remoteAddress;
    }

    /// <summary>The handle, once the peer has answered; an exception when it did not.</summary>
    public Task<AssociationHandle> Outcome => _outcome.Task;

    /// <summary>Gives up.</summary>
    /// <returns>False when the handle is there already.</returns>
    public bool TryGiveUp() => _outcome.TrySetCanceled();

    public ulong? HandleHello(AssociationStream association, AssociationHello hello)
    {
        association.OpenCompanions(hello.Number, _associations.HasRoomForLarge(association));
        var handle = new MeshAssociationHandle(_associations.LocalAddress, _remoteAddress, association);
        if (!_outcome.TrySetResult(handle))
        {
            return AssociationResetCode.GivenUp;
        }

        _associations.Origins.Assign(_remoteAddress, association);
        return null;
    }

    public bool Admits(AssociationStream association, ReadOnlyMemory<byte> payload) => true;

    public void HandleEnded(AssociationStream association, StreamEnd end)
    {
        _associations.Origins.Release(_remoteAddress, association);
        _associations.Remove(association);
        _outcome.TrySetException(new AssociationRefusedException(_remoteAddress, end));
    }
}
