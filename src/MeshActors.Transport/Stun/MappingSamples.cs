using System.Collections.Generic;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>Where several server endpoints see the same socket, and what that shows of the mapping (RFC 5780, section 4.3).</summary>
internal static class MappingSamples
{
    /// <summary>Classifies the mapping.</summary>
    /// <remarks>
    /// Two servers' addresses prove independence when they see the same endpoint. When they do not, and no two ports of one address
    /// were asked, the mapping may depend on the address alone; the harder case is assumed, as most such NATs look at the port too.
    /// </remarks>
    /// <param name="samples">Endpoint asked, endpoint seen there.</param>
    public static EndpointDependence Classify(IReadOnlyList<(UdpEndpoint Server, UdpEndpoint Mapped)> samples)
    {
        var differsByPort = false;
        var sameByPort = false;
        var differsByAddress = false;
        var sameByAddress = false;
        for (var i = 0; i < samples.Count; i++)
        {
            for (var j = i + 1; j < samples.Count; j++)
            {
                var isSame = samples[i].Mapped == samples[j].Mapped;
                if (samples[i].Server.Bits == samples[j].Server.Bits)
                {
                    differsByPort |= !isSame;
                    sameByPort |= isSame && samples[i].Server.Port != samples[j].Server.Port;
                }
                else
                {
                    differsByAddress |= !isSame;
                    sameByAddress |= isSame;
                }
            }
        }

        return differsByPort ? EndpointDependence.AddressAndPortDependent
            : differsByAddress ? sameByPort ? EndpointDependence.AddressDependent : EndpointDependence.AddressAndPortDependent
            : sameByAddress ? EndpointDependence.EndpointIndependent
            : EndpointDependence.Unknown;
    }
}
