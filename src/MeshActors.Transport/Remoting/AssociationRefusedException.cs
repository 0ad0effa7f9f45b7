using System;
using Akka.Actor;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Remoting;

/// <summary>The peer, reached and authenticated, did not take the association.</summary>
internal sealed class AssociationRefusedException : Exception
{
    public AssociationRefusedException(Address address, StreamEnd end)
        : base($"{address} did not take the association ({end.Reason}, code {end.Code})")
    {
    }
}
