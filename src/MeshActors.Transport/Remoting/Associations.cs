using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>All associations of a node: dialled, accepted, ended.</summary>
internal sealed class Associations
{
    /// <summary>Associations of a tunnel whose large payloads go beside the others: what is left of the sixteen streams that a side may have open is for associations.</summary>
    public const int MostLarge = 4;

    private readonly ConcurrentDictionary<AssociationStream, uint> _live = new();
    private readonly CompanionRegister _companions = new();
    private readonly Task<IAssociationEventListener> _listener;
    private readonly AssociationBounds _bounds;
    private readonly InboundRules _rules;
    private readonly Clock _clock;
    private readonly ILoggingAdapter _log;
    private volatile bool _closed;

    /// <param name="localAddress">What peers call this node.</param>
    /// <param name="listener">Who is told of accepted associations; they wait for it.</param>
    /// <param name="bounds">How much each takes.</param>
    /// <param name="clock">Of deadlines.</param>
    /// <param name="log">For warnings.</param>
    /// <param name="guard">Says which payloads may pass to Akka; null for all.</param>
    public Associations(
        Address localAddress,
        Task<IAssociationEventListener> listener,
        AssociationBounds bounds,
        Clock clock,
        ILoggingAdapter log,
        InboundGuard? guard = null)
    {
        _rules = new InboundRules(guard, new WaitingBudget<InboundLanes>(), clock, log);
        LocalAddress = localAddress;
        Origins = new OriginRegister(localAddress);
        _listener = listener;
        _bounds = bounds;
        _clock = clock;
        _log = log;
    }

    public Address LocalAddress { get; }

    public OriginRegister Origins { get; }

    /// <summary>Opens an association over a tunnel and waits for the peer's hello.</summary>
    /// <exception cref="OperationCanceledException">It took too long; the stream is reset, no handle remains.</exception>
    /// <exception cref="AssociationRefusedException">The stream ended before the hello.</exception>
    public async Task<AssociationHandle> DialAsync(
        MeshTunnel tunnel, Address remoteAddress, System.Threading.CancellationToken cancellation)
    {
        var greeter = new DialledGreeter(this, remoteAddress);
        var association = Add(greeter);
        association.Begin(tunnel.OpenStream(StreamLane.Association, association));
        association.TryGreet(HelloOf(association));
        try
        {
            return await greeter.Outcome.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (greeter.TryGiveUp())
        {
            association.Abort(AssociationResetCode.GivenUp);
            throw;
        }
        catch (OperationCanceledException)
        {
            // The hello came with the deadline: the handle is there, and whoever asked still waits for it.
            return await greeter.Outcome.ConfigureAwait(false);
        }
    }

    /// <summary>Takes a stream of the association lane that a peer opened; on the driver loop.</summary>
    public IStreamHandler? Accept(MeshStream stream)
    {
        if (_closed)
        {
            return null;
        }

        return new AcceptedStream(BeginAccepted, BeginCompanion);
    }

    /// <summary>Takes a stream of the control lane that a peer opened; on the driver loop.</summary>
    public IStreamHandler? AcceptCompanion(MeshStream stream) =>
        _closed ? null : BeginCompanion(stream);

    /// <summary>Whether the large payloads of an association may go beside its others: a side may have sixteen streams of the lane open in a tunnel, and most are for associations.</summary>
    public bool HasRoomForLarge(AssociationStream association) =>
        _bounds.LargeBeside && _live.Keys.Count(other => other.HasLarge && other.IsIn(association.Stream.Tunnel)) < MostLarge;

    /// <summary>What the peer of an association is told first.</summary>
    public AssociationHello HelloOf(AssociationStream association) => new(LocalAddress, _live.GetValueOrDefault(association));

    /// <summary>Hands an accepted association to Akka, as soon as it listens.</summary>
    public void Announce(AssociationHandle handle) => _ = AnnounceAsync(handle);

    public void Remove(AssociationStream association)
    {
        if (_live.TryRemove(association, out var number))
        {
            _companions.Remove(number);
        }
    }

    public void WarnOfOrigin(MeshTunnel tunnel, Address claimed) => _log.Warning(
        "association refused: node {0} claims to be {1}, which is not its own address", tunnel.Peer.Address, claimed);

    /// <summary>Disassociates all and waits until what was accepted is delivered, or the time is over.</summary>
    public async Task CloseAsync(TimeSpan flushWait)
    {
        _closed = true;
        var live = _live.Keys.ToList();
        live.ForEach(association => association.Disassociate());
        var ended = Task.WhenAll(live.Select(association => association.Ended));
        await Task.WhenAny(ended, Task.Delay(flushWait, _clock.Provider)).ConfigureAwait(false);
    }

    private AssociationStream BeginAccepted(MeshStream stream)
    {
        var association = Add(new AcceptedGreeter(this));
        association.Begin(stream);
        return association;
    }

    private InboundCompanion BeginCompanion(MeshStream stream) => new(_companions, stream, _clock);

    private AssociationStream Add(IAssociationGreeter greeter)
    {
        var association = new AssociationStream(greeter, _bounds, _rules);
        _live.TryAdd(association, _companions.Add(association));
        return association;
    }

    private async Task AnnounceAsync(AssociationHandle handle) =>
        (await _listener.ConfigureAwait(false)).Notify(new InboundAssociation(handle));
}
