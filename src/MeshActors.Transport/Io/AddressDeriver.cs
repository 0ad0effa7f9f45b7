using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Handshake;

namespace MeshActors.Transport.Io;

/// <summary>Derives claimed addresses beside the driver loop, one at a time: each costs about 16 ms of one core.</summary>
/// <remarks>The machines bound how many wait (<see cref="ResponderRegister.MaxDerivations"/>, and one for each attempt).</remarks>
internal sealed class AddressDeriver
{
    private readonly Channel<AddressClaim> _claims = Channel.CreateUnbounded<AddressClaim>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly EngineInbox _inbox;
    private readonly Func<AddressClaim, MeshAddress?> _derive;

    /// <param name="inbox">Where results go.</param>
    /// <param name="derive">What derives.</param>
    public AddressDeriver(EngineInbox inbox, Func<AddressClaim, MeshAddress?> derive)
    {
        _derive = derive;
        _inbox = inbox;
    }

    /// <summary>Answers with an <see cref="EngineCommandKind.AddressDerived"/> command.</summary>
    public void Begin(AddressClaim claim) => _claims.Writer.TryWrite(claim);

    /// <summary>Works until <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var claim in _claims.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                var derived = new DerivedClaim(claim, _derive(claim));
                _inbox.Add(new EngineCommand(EngineCommandKind.AddressDerived, derived));
            }
        }
        catch (OperationCanceledException)
        {
            // The engine stops; whoever waits for an answer is gone.
        }
    }
}

/// <summary>What a derivation gave.</summary>
/// <param name="Claim">What was derived.</param>
/// <param name="Address">The address; null when the derivation gives none.</param>
internal sealed record DerivedClaim(AddressClaim Claim, MeshAddress? Address);
