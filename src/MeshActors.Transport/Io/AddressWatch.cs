using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Io;

/// <summary>Tells under which endpoints the sockets may be reached from other machines, at first and whenever an address of this machine changes.</summary>
internal sealed class AddressWatch : IDisposable
{
    /// <summary>Endpoints told at most.</summary>
    public const int MaxHosts = 6;

    private readonly ImmutableArray<UdpEndpoint> _bound;
    private readonly Action<ImmutableArray<UdpEndpoint>> _tell;

    public AddressWatch(ImmutableArray<UdpEndpoint> bound, Action<ImmutableArray<UdpEndpoint>> tell)
    {
        _bound = bound;
        _tell = tell;
        if (bound.Any(endpoint => !endpoint.IsLoopback))
        {
            NetworkChange.NetworkAddressChanged += HandleChanged;
            HandleChanged(null, EventArgs.Empty);
        }
    }

    public void Dispose() => NetworkChange.NetworkAddressChanged -= HandleChanged;

    private void HandleChanged(object? sender, EventArgs e) => _tell([.. Hosts().Distinct().Take(MaxHosts)]);

    private IEnumerable<UdpEndpoint> Hosts()
    {
        foreach (var endpoint in _bound)
        {
            var address = endpoint.ToIPAddress();
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            {
                foreach (var own in Addresses(address.AddressFamily))
                {
                    yield return UdpEndpoint.From(own, endpoint.Port);
                }
            }
            else if (!endpoint.IsLoopback)
            {
                yield return endpoint;
            }
        }
    }

    /// <summary>Addresses of interfaces that are up, but for those that mean something on this machine or this link alone.</summary>
    private static IEnumerable<IPAddress> Addresses(AddressFamily family)
    {
        IEnumerable<NetworkInterface> interfaces;
        try
        {
            interfaces = NetworkInterface.GetAllNetworkInterfaces();
        }
        catch (NetworkInformationException)
        {
            return [];
        }

        return interfaces
            .Where(face => face.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(face => face.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily == family && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal);
    }
}
