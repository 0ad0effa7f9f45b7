using System.Threading.Tasks;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>The specs of every transport, over <c>akka.remote.dot-netty.tcp</c>: what they ask is what Akka's own does.</summary>
[Collection(RealTransports.Name)]
public sealed class TcpGenericTransportSpecs : GenericTransportSpecs
{
    private protected override Task<RawTransport> StartAsync() => RawTransport.StartTcpAsync();
}
