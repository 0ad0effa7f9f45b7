using System.Threading.Tasks;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>The specs of every transport, over the mesh.</summary>
[Collection(RealTransports.Name)]
public sealed class MeshGenericTransportSpecs : GenericTransportSpecs
{
    private readonly FleetSecret _secret = FleetSecret.Generate(SystemRandomSource.Instance);

    private protected override Task<RawTransport> StartAsync() => RawTransport.StartAsync(_secret, "connect-timeout = 2s");

    protected override void Dispose(bool disposing)
    {
        _secret.Dispose();
        base.Dispose(disposing);
    }
}
