using System;
using System.Collections.Concurrent;
using System.Threading;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Handshake;

namespace MeshActors.Transport.Io;

/// <summary>Derives claimed addresses beside the driver loop, one at a time: each costs about 16 ms of one core.</summary>
/// <remarks>
/// The machines bound how many wait (<see cref="ResponderRegister.MaxDerivations"/>, and one for each attempt). A thread of its own, which
/// the system lets work when others do not need the processor: who floods a node with true handshakes keeps it busy all the time.
/// </remarks>
internal sealed class AddressDeriver : IDisposable
{
    private readonly BlockingCollection<AddressClaim> _claims = [];
    private readonly EngineInbox _inbox;
    private readonly Func<AddressClaim, MeshAddress?> _derive;

    /// <param name="inbox">Where results go.</param>
    /// <param name="derive">What derives.</param>
    public AddressDeriver(EngineInbox inbox, Func<AddressClaim, MeshAddress?> derive)
    {
        _inbox = inbox;
        _derive = derive;
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

    /// <summary>What waits is not derived any more.</summary>
    public void Dispose()
    {
        _claims.CompleteAdding();
        while (_claims.TryTake(out _))
        {
        }
    }

    private void Run()
    {
        BackgroundPriority.Enter();
        foreach (var claim in _claims.GetConsumingEnumerable())
        {
            _inbox.Add(new EngineCommand(EngineCommandKind.AddressDerived, new DerivedClaim(claim, _derive(claim))));
        }
    }
}

/// <summary>What a derivation gave.</summary>
/// <param name="Claim">What was derived.</param>
/// <param name="Address">The address; null when the derivation gives none.</param>
internal sealed record DerivedClaim(AddressClaim Claim, MeshAddress? Address);
