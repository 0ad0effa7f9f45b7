using System;
using System.Diagnostics.CodeAnalysis;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Asks silent peers whether their certificate is still the known one, and dials again when it is not.</summary>
internal sealed class CertificateRenewal : IDisposable
{
    private readonly Questions _questions;
    private readonly Dialler _dialler;

    /// <param name="questions">Taken over.</param>
    /// <param name="dialler">Begins attempts.</param>
    public CertificateRenewal(Questions questions, Dialler dialler)
    {
        _questions = questions;
        _dialler = dialler;
    }

    /// <summary>The questions under way.</summary>
    public Questions Questions => _questions;

    /// <summary>Asks at every endpoint of a tunnel's attempt, when that has gone without an answer for long enough.</summary>
    public void AskFor(Tunnel tunnel, MonoTime now, DateTimeOffset utcNow)
    {
        foreach (var endpoint in tunnel.Dial?.PollQuestion() ?? [])
        {
            _questions.Ask(endpoint, tunnel.Peer.Root, tunnel, now, utcNow);
        }
    }

    /// <summary>Hands out the next tunnel that is dialled anew, with the certificate its peer has now.</summary>
    public bool TryRedial(MonoTime now, DateTimeOffset utcNow, [NotNullWhen(true)] out Tunnel? redialled)
    {
        while (_questions.PollAnswer(out var answer))
        {
            var tunnel = (Tunnel)answer.Tag;
            if (answer.Record is { } record && tunnel.Dial is { } dial)
            {
                tunnel.Learn(record);
                if (dial.Handshake.Responder.StaticKey != tunnel.Peer.Certificate.StaticKey)
                {
                    _dialler.Begin(tunnel, now, utcNow);
                    redialled = tunnel;
                    return true;
                }
            }
        }

        redialled = null;
        return false;
    }

    public void Dispose() => _questions.Dispose();
}
