using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>What the rest of the process asks the driver loop to do; a value, so that asking allocates nothing.</summary>
internal readonly struct EngineCommand
{
    public EngineCommand(
        EngineCommandKind kind,
        object? target = null,
        ReadOnlyMemory<byte> message = default,
        ulong number = 0,
        string text = "")
    {
        Kind = kind;
        Target = target;
        Message = message;
        Number = number;
        Text = text;
    }

    public EngineCommandKind Kind { get; }

    /// <summary>The stream, tunnel or question it is about.</summary>
    public object? Target { get; }

    public ReadOnlyMemory<byte> Message { get; }

    /// <summary>A code, a count of bytes or a time.</summary>
    public ulong Number { get; }

    public string Text { get; }

    /// <summary>Tells whoever waits for the command that it is carried out no more.</summary>
    /// <param name="reason">For people.</param>
    public void Refuse(string reason)
    {
        switch (Target)
        {
            case EngineQuestion question:
                question.Answer(new QuestionAnswer(question, null, TunnelErrorCode.Closed, reason));
                break;
            case MeshStream stream:
                stream.End(new StreamEnd(StreamEndReason.TunnelClosed, 0, MayHaveArrived: false));
                break;
        }
    }
}

/// <summary>Kinds of <see cref="EngineCommand"/>.</summary>
internal enum EngineCommandKind
{
    OpenTunnel,
    ReopenTunnel,
    FailTunnel,
    CloseTunnel,
    OpenStream,
    Send,
    Nudge,
    Release,
    Hold,
    ReleaseHeld,
    Recycle,
    Finish,
    Reset,
    SendDatagram,
    Ask,
    AddressDerived,
    Do,
    Stop,
}

/// <summary>A question for the certificate at an endpoint, as the caller waits for it.</summary>
/// <param name="Endpoint">Whom to ask.</param>
/// <param name="ExpectedRoot">The pinned root that must answer; null asks under the fleet secret.</param>
/// <param name="Answer">Told once, by the driver loop.</param>
internal sealed record EngineQuestion(UdpEndpoint Endpoint, RootKey? ExpectedRoot, Action<QuestionAnswer> Answer);
