using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Certificate questions under way: first contact with whom only an endpoint and a root or a fleet is known.</summary>
/// <remarks>
/// Asks under the pinned root and under each fleet secret at once, for which of them the node there knows shows only in
/// its answer. The first good answer counts.
/// </remarks>
internal sealed class Questions : IDisposable
{
    /// <summary>Questions at once; a further one is refused.</summary>
    public const int Max = 256;

    private readonly TunnelSettings _settings;
    private readonly TrustSettings _trust;
    private readonly IRandomSource _random;
    private readonly List<Asked> _asked = [];
    private readonly Queue<QuestionAnswer> _answers = new();

    public Questions(TunnelSettings settings, TrustSettings trust, IRandomSource random)
    {
        _settings = settings;
        _trust = trust;
        _random = random;
    }

    public bool HasAnswers => _answers.Count > 0;

    public MonoTime? NextTimeout
    {
        get
        {
            MonoTime? next = null;
            foreach (var asked in _asked)
            {
                foreach (var question in asked.Ways)
                {
                    next = MonoTime.Earliest(next, question.NextTimeout);
                }
            }

            return next;
        }
    }

    /// <summary>Begins to ask.</summary>
    /// <param name="endpoint">Whom.</param>
    /// <param name="expectedRoot">The only root taken; null takes any member of the fleet.</param>
    /// <param name="tag">Given back with the answer.</param>
    /// <param name="now">The present.</param>
    /// <param name="utcNow">Wall time.</param>
    public void Ask(UdpEndpoint endpoint, RootKey? expectedRoot, object tag, MonoTime now, DateTimeOffset utcNow)
    {
        var ways = new List<CertificateQuestion>();
        foreach (var context in _trust.Contexts)
        {
            if (context.IsFleet)
            {
                ways.Add(CertificateQuestion.ToFleet(
                    context, expectedRoot, _trust.Realm, _random, now, utcNow, _settings.HandshakeTimeout));
            }
        }

        if (expectedRoot is { } root)
        {
            ways.Add(CertificateQuestion.ToRoot(root, _trust.Realm, _random, now, utcNow, _settings.HandshakeTimeout));
        }

        if (ways.Count == 0)
        {
            _answers.Enqueue(new QuestionAnswer(
                tag, null, TunnelErrorCode.NoTrust, $"{endpoint} cannot be asked: set a fleet secret or name its root key."));
        }
        else if (_asked.Count == Max)
        {
            Dispose(ways);
            _answers.Enqueue(new QuestionAnswer(
                tag, null, TunnelErrorCode.Unreachable, $"{endpoint} was not asked: {Max} questions are under way."));
        }
        else
        {
            _asked.Add(new Asked(endpoint, tag, ways));
        }
    }

    /// <summary>Takes an answer off the network.</summary>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleAnswer(ReadOnlySpan<byte> datagram, DateTimeOffset utcNow)
    {
        for (var index = 0; index < _asked.Count; index++)
        {
            var asked = _asked[index];
            foreach (var question in asked.Ways)
            {
                if (!question.IsFor(datagram))
                {
                    continue;
                }

                var reason = question.HandleAnswer(datagram, utcNow);
                if (question.Certificate is { } certificate)
                {
                    _answers.Enqueue(new QuestionAnswer(
                        asked.Tag, new PeerRecord(certificate, [asked.Endpoint]), default, string.Empty));
                    _asked.RemoveAt(index);
                    Dispose(asked.Ways);
                }

                return reason;
            }
        }

        return DropReason.UnexpectedHandshake;
    }

    public void HandleTimeout(MonoTime now)
    {
        for (var index = _asked.Count - 1; index >= 0; index--)
        {
            var asked = _asked[index];
            var waiting = false;
            foreach (var question in asked.Ways)
            {
                question.HandleTimeout(now);
                waiting |= question.State == QuestionState.Waiting;
            }

            if (!waiting)
            {
                _answers.Enqueue(new QuestionAnswer(
                    asked.Tag, null, TunnelErrorCode.Unreachable, Describe(asked)));
                _asked.RemoveAt(index);
                Dispose(asked.Ways);
            }
        }
    }

    /// <summary>Hands out the next question to send.</summary>
    /// <returns>Its length, 0 when none is due.</returns>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        foreach (var asked in _asked)
        {
            foreach (var question in asked.Ways)
            {
                if (question.PollTransmit(now, destination) is > 0 and var length)
                {
                    to = asked.Endpoint;
                    return length;
                }
            }
        }

        to = default;
        return 0;
    }

    public bool PollAnswer(out QuestionAnswer answer) => _answers.TryDequeue(out answer!);

    public void Dispose()
    {
        foreach (var asked in _asked)
        {
            Dispose(asked.Ways);
        }

        _asked.Clear();
    }

    private string Describe(Asked asked)
    {
        DropReason? refusal = null;
        foreach (var question in asked.Ways)
        {
            refusal ??= question.LastRefusal;
        }

        var seconds = _settings.HandshakeTimeout.TotalSeconds;
        return refusal is { } reason
            ? $"{asked.Endpoint} gave no acceptable certificate within {seconds:0.#} s ({reason}): check root key, fleet "
                + "secret, realm and both clocks."
            : $"{asked.Endpoint} did not answer within {seconds:0.#} s: nobody is there, UDP is blocked, or it knows "
                + "another fleet secret.";
    }

    private static void Dispose(List<CertificateQuestion> ways) => ways.ForEach(question => question.Dispose());

    private sealed record Asked(UdpEndpoint Endpoint, object Tag, List<CertificateQuestion> Ways);
}

/// <summary>How a certificate question ended.</summary>
/// <param name="Tag">As given with the question.</param>
/// <param name="Record">The peer, or null.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="Text">The same for people.</param>
internal sealed record QuestionAnswer(object Tag, PeerRecord? Record, TunnelErrorCode Error, string Text);
