using System;
using System.Collections.Concurrent;
using System.Threading;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Io;

/// <summary>Derives claimed addresses beside the driver loop, one at a time: each costs about 16 ms of one core.</summary>
/// <remarks>
/// The machines bound how many wait (<see cref="ResponderRegister.MaxDerivations"/>, and one for each attempt). A thread of its own, which
/// the system lets work when others do not need the processor: who floods a node with true handshakes keeps it busy all the time. Where many wait and
/// processors are busy it rests in between, for the sake of the tunnels that stand: 16 MiB of memory are read and written each time.
/// </remarks>
internal sealed class AddressDeriver : IDisposable
{
    /// <summary>With no more than this waiting the thread never rests.</summary>
    private const int UsualWaiting = 8;

    /// <summary>A derivation that took so many times the shortest one had to share its processor, or what that remembers.</summary>
    private const double Crowded = 1.5;

    /// <summary>How often as long as a crowded derivation took the thread rests after it.</summary>
    private const double Rest = 2;

    private readonly ManualResetEventSlim _stopped = new();
    private readonly BlockingCollection<AddressClaim> _claims = [];
    private readonly EngineInbox _inbox;
    private readonly Func<AddressClaim, MeshAddress?> _derive;
    private readonly Clock _clock;
    private TimeSpan _shortest = TimeSpan.MaxValue;

    /// <param name="inbox">Where results go.</param>
    /// <param name="derive">What derives.</param>
    /// <param name="clock">The time.</param>
    public AddressDeriver(EngineInbox inbox, Func<AddressClaim, MeshAddress?> derive, Clock clock)
    {
        _inbox = inbox;
        _derive = derive;
        _clock = clock;
    }

    /// <summary>Starts the thread; it ends with this object.</summary>
    public void Start() => new Thread(Run)
    {
        IsBackground = true,
        Name = "mesh addresses",
        Priority = ThreadPriority.BelowNormal,
    }.Start();

    /// <summary>Answers with an <see cref="EngineCommandKind.AddressDerived"/> command.</summary>
    public void Begin(AddressClaim claim) => _claims.Add(claim);

    /// <summary>Derives what waits in the caller's thread: for owners that start none.</summary>
    public void DeriveAll()
    {
        while (_claims.TryTake(out var claim))
        {
            _inbox.Add(new EngineCommand(EngineCommandKind.AddressDerived, new DerivedClaim(claim, _derive(claim))));
        }
    }

    /// <summary>What waits is not derived any more.</summary>
    public void Dispose()
    {
        _claims.CompleteAdding();
        _stopped.Set();
        while (_claims.TryTake(out _))
        {
        }
    }

    private void Run()
    {
        BackgroundPriority.Enter();
        foreach (var claim in _claims.GetConsumingEnumerable())
        {
            var begun = _clock.Now;
            var address = _derive(claim);
            var took = _clock.Now - begun;
            _inbox.Add(new EngineCommand(EngineCommandKind.AddressDerived, new DerivedClaim(claim, address)));
            _shortest = took < _shortest ? took : _shortest;
            if (_claims.Count > UsualWaiting && took > Crowded * _shortest)
            {
                _stopped.Wait(Rest * took);
            }
        }

        _stopped.Dispose();
    }
}

/// <summary>What a derivation gave.</summary>
/// <param name="Claim">What was derived.</param>
/// <param name="Address">The address; null when the derivation gives none.</param>
internal sealed record DerivedClaim(AddressClaim Claim, MeshAddress? Address);
