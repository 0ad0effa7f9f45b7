using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Switching;

/// <summary>A connection that this node opens to a relay: when to open it, and when to do without it.</summary>
/// <remarks>Closed → opening → open → closed. One that failed is asked for again after 1 to 60 s; one that nobody has wanted for a minute is closed.</remarks>
internal sealed class RelayConnection
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    /// <summary>How long an attempt may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long it stays after UDP has come back.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    private readonly Queue<ConnectionOrder> _orders;
    private readonly Backoff _backoff;
    private bool _isOpening;
    private MonoTime _openingUntil;
    private MonoTime _retryAt = new(long.MinValue);
    private MonoTime _wantedUntil;

    /// <param name="number">As endpoints and the owner of connections name it.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="orders">Where orders are put for the owner of connections.</param>
    /// <param name="random">Jitter.</param>
    public RelayConnection(uint number, Uri target, Queue<ConnectionOrder> orders, IRandomSource random)
    {
        Number = number;
        Target = target;
        Endpoint = ConnectionEndpoint.Of(number);
        _orders = orders;
        _backoff = new Backoff(FirstRetry, LongestRetry, random);
    }

    public uint Number { get; }

    public Uri Target { get; }

    /// <summary>Stands for it wherever endpoints do.</summary>
    public UdpEndpoint Endpoint { get; }

    /// <summary>True while datagrams pass.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>When it was last opened.</summary>
    public MonoTime OpenedAt { get; private set; }

    /// <summary>When it may be opened again; null while it is open or being opened.</summary>
    public MonoTime? RetryAt => IsOpen || _isOpening ? null : _retryAt;

    /// <summary>When <see cref="HandleTimeout"/> must next be called.</summary>
    public MonoTime? NextTimeout => IsOpen ? _wantedUntil : _isOpening ? _openingUntil : null;

    /// <summary>Somebody wants it now: it is opened when it is not, and may be.</summary>
    public void Want(MonoTime now)
    {
        _wantedUntil = now + Linger;
        if (RetryAt <= now)
        {
            _isOpening = true;
            _openingUntil = now + Patience;
            _orders.Enqueue(new ConnectionOrder(Number, Target));
        }
    }

    /// <summary>It is open, but nothing comes back: another one takes its place.</summary>
    public void Replace(MonoTime now)
    {
        Close();
        _retryAt = now + _backoff.Next();
    }

    /// <summary>The network may be another: an attempt that waits for its time is made at once.</summary>
    public void HandleNetworkChanged(MonoTime now) => _retryAt = now;

    public void HandleOpened(MonoTime now)
    {
        if (_isOpening)
        {
            _isOpening = false;
            IsOpen = true;
            OpenedAt = now;
        }
    }

    /// <summary>It has ended, or could not be opened.</summary>
    public void HandleClosed(MonoTime now)
    {
        if (IsOpen && now - OpenedAt > LongestRetry)
        {
            _backoff.Reset();
        }

        if (IsOpen || _isOpening)
        {
            IsOpen = _isOpening = false;
            _retryAt = now + _backoff.Next();
        }
    }

    public void HandleTimeout(MonoTime now)
    {
        if (IsOpen && now >= _wantedUntil)
        {
            Close();
            _backoff.Reset();
            _retryAt = now;
        }
        else if (_isOpening && now >= _openingUntil)
        {
            Replace(now);
        }
    }

    private void Close()
    {
        IsOpen = _isOpening = false;
        _orders.Enqueue(new ConnectionOrder(Number, null));
    }
}
