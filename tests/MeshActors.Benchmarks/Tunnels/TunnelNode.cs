using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Benchmarks.Tunnels;

/// <summary>A node with an engine of its own, as programs have it: default settings, a fleet secret, one socket.</summary>
internal sealed class TunnelNode : IEngineHandler, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FleetSecret _secret;
    private readonly NodeIdentity _identity;
    private readonly MeshEngine _engine;
    private readonly Func<MeshStream, IStreamHandler?> _accept;
    private readonly ManualResetEventSlim _opened = new();
    private string _fault = string.Empty;

    /// <param name="address">What to bind.</param>
    /// <param name="secret">The fleet's.</param>
    /// <param name="accept">Who handles the peer's streams.</param>
    public TunnelNode(IPAddress address, string secret, Func<MeshStream, IStreamHandler?> accept)
    {
        _accept = accept;
        _secret = FleetSecret.Parse(secret);
        using var root = RootIdentity.Create(SystemRandomSource.Instance);
        Span<byte> rootKey = stackalloc byte[RootKey.Size];
        root.PublicKey.CopyTo(rootKey);
        ushort salt = 0;
        var meshAddress = AddressDerivation.First(rootKey, 0, ref salt);
        _identity = NodeIdentity.Issue(
            root,
            meshAddress,
            salt,
            NodeRoles.Agent,
            Clock.System.UtcNow,
            TimeSpan.FromDays(1),
            SystemRandomSource.Instance);
        _engine = MeshEngine.Start(
            new EngineSettings([new IPEndPoint(address, 0)], new TunnelSettings()),
            _identity,
            new TrustSettings(0, [_secret], []),
            Clock.System,
            SystemRandomSource.Instance,
            this);
    }

    /// <summary>Where it listens.</summary>
    public string Endpoint => _engine.LocalEndpoints[0].ToString();

    /// <summary>Managed bytes that the driver thread has allocated.</summary>
    public long DriverAllocatedBytes => _engine.Statistics.AllocatedBytes;

    /// <summary>In base64.</summary>
    public string Certificate
    {
        get
        {
            Span<byte> bytes = stackalloc byte[NodeCertificate.Size];
            _identity.Certificate.Write(bytes);
            return Convert.ToBase64String(bytes);
        }
    }

    /// <summary>The tunnel that is open; null before.</summary>
    public MeshTunnel? Tunnel { get; private set; }

    /// <summary>What a handler or machine threw, or why the tunnel ended; empty while all is well.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>What was dropped since the start, by reason.</summary>
    public Dictionary<string, long> Drops() =>
        _engine.Drops.Snapshot().ToDictionary(drop => drop.Reason.ToString(), drop => drop.Count);

    /// <summary>Opens the tunnel to another node and waits until it is open.</summary>
    /// <exception cref="BenchException">It did not open in time.</exception>
    public MeshTunnel Dial(string certificate, string endpoint)
    {
        if (!NodeCertificate.TryRead(Convert.FromBase64String(certificate), out var peer)
            || !UdpEndpoint.TryParse(endpoint, out var at))
        {
            throw new BenchException("The other node's certificate or endpoint cannot be read.");
        }

        var tunnel = _engine.Open(new PeerRecord(peer, [at]));
        return _opened.Wait(Patience) ? tunnel : throw new BenchException($"The tunnel did not open. {Fault}");
    }

    public void OnTunnelOpened(MeshTunnel tunnel)
    {
        Tunnel = tunnel;
        _opened.Set();
    }

    public void OnTunnelFailed(MeshTunnel tunnel, TunnelFailure failure) =>
        Volatile.Write(ref _fault, $"The tunnel failed: {failure}.");

    public void OnTunnelClosed(MeshTunnel tunnel, TunnelCloseReason reason) =>
        Volatile.Write(ref _fault, $"The tunnel was closed: {reason}.");

    public IStreamHandler? OnStreamAccepted(MeshStream stream) => _accept(stream);

    public void OnFault(string where, Exception fault) => Volatile.Write(ref _fault, $"{where}: {fault}");

    public void Dispose()
    {
        _engine.DisposeAsync().AsTask().Wait(Patience);
        _identity.Dispose();
        _secret.Dispose();
        _opened.Dispose();
    }
}
