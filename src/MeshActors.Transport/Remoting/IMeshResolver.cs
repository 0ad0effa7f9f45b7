using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Remoting;

/// <summary>Finds whom to dial for a mesh address.</summary>
internal interface IMeshResolver
{
    /// <summary>The record of the node with that address; null when it is not known.</summary>
    Task<PeerRecord?> ResolveAsync(MeshAddress address, CancellationToken cancellation);
}
