using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;

namespace MeshActors.Transport.Remoting;

/// <summary>What relay actors have the engine do; answers come to them as messages.</summary>
internal sealed class RelayDesk
{
    private readonly Func<MeshEngine> _engine;
    private readonly TrustSettings _trust;

    /// <param name="engine">The engine; there before the first call.</param>
    /// <param name="trust">Whom this node trusts.</param>
    public RelayDesk(Func<MeshEngine> engine, TrustSettings trust)
    {
        _engine = engine;
        _trust = trust;
    }

    /// <summary>Asks everywhere the relay may be who is there: one <see cref="RelayAsked"/>, then an answer for each question.</summary>
    public void Ask(RelaySetting relay, int attempt, IActorRef asker)
    {
        var endpoints = relay.ResolveAsync(CancellationToken.None);
        if (endpoints.IsCompletedSuccessfully)
        {
            Ask(relay, endpoints.Result, attempt, asker);
        }
        else
        {
            _ = AskResolvedAsync(relay, endpoints, attempt, asker);
        }
    }

    /// <summary>Uses a relay from here on.</summary>
    /// <param name="relay">Who answered.</param>
    /// <param name="instead">Who was there before; null for nobody.</param>
    public void Use(PeerRecord relay, MeshAddress? instead)
    {
        if (instead is { } before)
        {
            _engine().ForgetRelay(before);
        }

        _engine().UseRelay(relay);
    }

    private async Task AskResolvedAsync(
        RelaySetting relay, ValueTask<IReadOnlyList<UdpEndpoint>> endpoints, int attempt, IActorRef asker)
    {
        try
        {
            Ask(relay, await endpoints.ConfigureAwait(false), attempt, asker);
        }
#pragma warning disable CA1031 // Nobody waits for this: the actor asks again after what it is told.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            asker.Tell(new RelayAsked(attempt, 0, $"{relay.Name} cannot be resolved: {failure.Message}"));
        }
    }

    private void Ask(RelaySetting relay, IReadOnlyList<UdpEndpoint> endpoints, int attempt, IActorRef asker)
    {
        var questions = PeerInquiry.QuestionsFor(endpoints, relay.Root, _trust);
        asker.Tell(new RelayAsked(
            attempt,
            questions.Count,
            endpoints.Count == 0 ? $"none of the host names of relay {relay.Name} can be resolved"
                : $"there is no fleet secret and no pinned root to ask relay {relay.Name} under"));
        foreach (var (endpoint, root) in questions)
        {
            _engine().AskCertificate(endpoint, root, answer => asker.Tell(
                answer.Record is { } record ? new RelayAnswered(attempt, record) : new RelayUnanswered(attempt, answer.Text)));
        }
    }
}
