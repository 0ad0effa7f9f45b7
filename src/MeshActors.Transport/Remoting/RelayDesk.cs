using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Remoting;

/// <summary>What relay actors have the engine do; answers come to them as messages.</summary>
internal sealed class RelayDesk
{
    private readonly Func<MeshEngine> _engine;
    private readonly TrustSettings _trust;
    private readonly Clock _clock;

    /// <param name="engine">The engine; there before the first call.</param>
    /// <param name="trust">Whom this node trusts.</param>
    /// <param name="clock">Of the time that UDP has.</param>
    public RelayDesk(Func<MeshEngine> engine, TrustSettings trust, Clock clock)
    {
        _engine = engine;
        _trust = trust;
        _clock = clock;
    }

    /// <summary>Asks everywhere the relay may be who is there: one <see cref="RelayAsked"/>, then an answer for each question.</summary>
    /// <remarks>Over its connection it is asked when UDP has not answered soon; when UDP has, what was to be asked over the connection is not, and has no answer.</remarks>
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
    /// <param name="setting">Where it is said to be.</param>
    /// <param name="relay">Who answered.</param>
    /// <param name="instead">Who was there before; null for nobody.</param>
    public void Use(RelaySetting setting, PeerRecord relay, MeshAddress? instead)
    {
        if (instead is { } before)
        {
            _engine().ForgetRelay(before);
        }

        _engine().UseRelay(relay, setting.WebSocket);
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
        var overConnection = relay.WebSocket is null || endpoints.Count == 0 ? 0 : PeerInquiry.QuestionsFor([default], relay.Root, _trust).Count;
        asker.Tell(new RelayAsked(
            attempt,
            questions.Count + overConnection,
            endpoints.Count == 0 ? $"none of the host names of relay {relay.Name} can be resolved"
                : $"there is no fleet secret and no pinned root to ask relay {relay.Name} under"));
        var answered = new TaskCompletionSource();
        foreach (var (endpoint, root) in questions)
        {
            _engine().AskCertificate(endpoint, root, answer =>
            {
                if (answer.Record is not null)
                {
                    answered.TrySetResult();
                }

                Tell(answer.Record, answer.Text);
            });
        }

        if (overConnection > 0)
        {
            _ = AskOverConnectionAsync(relay, answered.Task, overConnection, Tell, [.. endpoints]);
        }

        void Tell(PeerRecord? found, string why) =>
            asker.Tell(found is null ? new RelayUnanswered(attempt, why) : new RelayAnswered(attempt, found));
    }

    private async Task AskOverConnectionAsync(
        RelaySetting relay, Task answered, int questions, Action<PeerRecord?, string> tell, ImmutableArray<UdpEndpoint> endpoints)
    {
        var silence = "there are too many connections";
        try
        {
            await Task.WhenAny(answered, Task.Delay(ConnectionEndpoint.UdpPatience, _clock.Provider)).ConfigureAwait(false);
            if (answered.IsCompleted)
            {
                return;
            }

            if (await _engine().ConnectAsync(relay.WebSocket!).ConfigureAwait(false) is { } connection)
            {
                foreach (var (endpoint, root) in PeerInquiry.QuestionsFor([connection], relay.Root, _trust))
                {
                    // Where an answer over a connection came from is no endpoint to others; where the relay was said to be is.
                    _engine().AskCertificate(endpoint, root, answer => tell(
                        answer.Record is { } record ? record with { Endpoints = endpoints } : null, answer.Text));
                }

                return;
            }
        }
        catch (TunnelException stopped)
        {
            silence = stopped.Message;
        }

        for (var question = 0; question < questions; question++)
        {
            tell(null, $"{relay.WebSocket}: {silence}");
        }
    }
}
