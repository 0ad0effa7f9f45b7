using System;
using System.Collections.Generic;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Transport.Io;

/// <summary>The connections of an engine: carries out what its machines order, and takes datagrams from and to the tasks that read and write.</summary>
/// <remarks>All members belong to the driver loop, but for those that say otherwise.</remarks>
internal sealed class EngineConnections : IAsyncDisposable
{
    /// <summary>How long what was put in last may take to leave at the end.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan FarewellStep = TimeSpan.FromMilliseconds(5);

    private readonly ConnectionSettings _settings;
    private readonly ConnectionCounters _counters = new();
    private readonly EngineInbox _inbox;
    private readonly Clock _clock;
    private readonly Dictionary<uint, EngineConnection> _byNumber = [];
    private readonly List<EngineConnection> _dirty = [];
    private ConnectionDialler? _dialler;
    private ConnectionListener? _listener;
    private X509Certificate2? _ownCertificate;
    private ulong _accepted;

    private EngineConnections(ConnectionSettings settings, EngineInbox inbox, Clock clock)
    {
        _settings = settings;
        _inbox = inbox;
        _clock = clock;
    }

    /// <summary>What went over them; from any thread.</summary>
    public ConnectionStatistics Statistics => _counters.Snapshot();

    /// <summary>Where connections are taken, port 0 resolved; null where they are not. From any thread.</summary>
    public IPEndPoint? LocalEndpoint => _listener?.LocalEndpoint;

    /// <summary>Makes them for an engine, and takes connections when it is told where.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The endpoint is taken or is none of this machine's; then the sockets are freed too.</exception>
    public static EngineConnections Start(EngineSettings settings, EngineInbox inbox, IDatagramSockets sockets, Clock clock)
    {
        var connections = new EngineConnections(settings.Connections, inbox, clock);
        try
        {
            connections.Listen(settings.RelayWebSocketBind, settings.RelayCertificate);
        }
        catch
        {
            sockets.Dispose();
            throw;
        }

        return connections;
    }

    /// <summary>Puts in a datagram when its endpoint stands for a connection.</summary>
    /// <returns>False when it stands for anything else.</returns>
    public bool TrySend(in UdpEndpoint to, ReadOnlySpan<byte> datagram)
    {
        if (!ConnectionEndpoint.TryRead(to, out var number))
        {
            return false;
        }

        if (!_byNumber.TryGetValue(number, out var connection))
        {
            _counters.Dropped();
            return true;
        }

        connection.Wire.Send(datagram);
        if (!connection.IsDirty)
        {
            connection.IsDirty = true;
            _dirty.Add(connection);
        }

        return true;
    }

    /// <summary>Opens and closes what the machines ordered, and lets go what was put in.</summary>
    public void Turn(NodeSwitch node)
    {
        while (node.Connections.PollOrder(out var order))
        {
            if (order.Target is { } target)
            {
                Open(order.Number, target);
            }
            else if (_byNumber.Remove(order.Number, out var closed))
            {
                closed.IsOver = true;
                closed.Wire.End();
            }
        }

        foreach (var connection in _dirty)
        {
            connection.IsDirty = false;
            connection.Wire.Flush();
        }

        _dirty.Clear();
    }

    /// <summary>Ends all; after the driver loop.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _byNumber.Values)
        {
            connection.Wire.Finish();
        }

        using var patience = new CancellationTokenSource(LongestFarewell, _clock.Provider);
        while (_counters.Snapshot().Open > 0 && !patience.IsCancellationRequested)
        {
            await Task.Delay(FarewellStep, _clock.Provider, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var connection in _byNumber.Values)
        {
            connection.Wire.End();
        }

        if (_listener is not null)
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
        }

        _dialler?.Dispose();
        _ownCertificate?.Dispose();
    }

    private void Listen(IPEndPoint? bind, X509Certificate2? certificate)
    {
        if (bind is not null)
        {
            certificate ??= _ownCertificate = RelayCertificate.Create(_clock.UtcNow);
            _listener = new ConnectionListener(bind, certificate, _settings, _counters, Accept, _clock);
        }
    }

    private void Open(uint number, Uri target)
    {
        _dialler ??= new ConnectionDialler(_settings, _counters);
        var dialler = _dialler;
        var connection = new EngineConnection(number, 0, _settings, _counters, _inbox, Look);
        _byNumber[number] = connection;
        _ = Task.Run(() => dialler.RunAsync(target, connection.Wire));
    }

    /// <summary>Somebody has connected; from any thread.</summary>
    private DatagramConnection Accept(UdpEndpoint remote) => new EngineConnection(
        (uint)(ConnectionDesk.FirstAccepted + (Interlocked.Increment(ref _accepted) % (uint.MaxValue - ConnectionDesk.FirstAccepted))),
        ConnectionEndpoint.SourceOf(remote),
        _settings,
        _counters,
        _inbox,
        Look).Wire;

    private void Look(EngineConnection connection, NodeSwitch node, MonoTime now)
    {
        var wire = connection.Wire;
        if (!connection.IsOver && wire.IsOpen && !connection.IsTold)
        {
            Tell(connection, node, now);
        }

        if (wire.Peek() is { IsEmpty: false } message)
        {
            if (!connection.IsOver && !TryTake(connection.Number, message, node, now))
            {
                wire.End();
            }

            wire.Take();
        }

        if (wire.IsEnded)
        {
            if (!connection.IsOver)
            {
                connection.IsOver = true;
                _byNumber.Remove(connection.Number);
                node.Links.HandleDisconnected(connection.Number, now);
            }

            wire.Dispose();
        }
    }

    private void Tell(EngineConnection connection, NodeSwitch node, MonoTime now)
    {
        connection.IsTold = true;
        if (connection.Number < ConnectionDesk.FirstAccepted)
        {
            node.Links.HandleConnected(connection.Number, now);
        }
        else
        {
            _byNumber[connection.Number] = connection;
            node.Connections.HandleAccepted(connection.Number, connection.Source, now);
        }
    }

    /// <returns>False when it is no message of datagrams.</returns>
    private bool TryTake(uint number, Span<byte> message, NodeSwitch node, MonoTime now)
    {
        var utcNow = _clock.UtcNow;
        var (count, bytes) = (0, 0);
        while (DatagramFraming.TryTake(ref message, out var datagram))
        {
            count++;
            bytes += datagram.Length;
            node.HandleOverConnection(number, datagram, now, utcNow);
        }

        _counters.Received(count, bytes);
        return message.IsEmpty;
    }
}
