using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>One try of a task at one peer, and how it went: <see cref="TaskCall"/> changes it, others read it.</summary>
internal sealed class TaskAttempt
{
    public TaskAttempt(int number, MeshAddress peer, MonoTime openUntil)
    {
        Number = number;
        Peer = peer;
        OpenUntil = openUntil;
    }

    /// <summary>Counts from 0 within the task.</summary>
    public int Number { get; }

    public MeshAddress Peer { get; }

    /// <summary>When the tunnel must be open.</summary>
    public MonoTime OpenUntil { get; }

    public TaskAttemptState State { get; set; }

    /// <summary>The tunnel has failed and the stream waits for it.</summary>
    public bool Suspected { get; set; }

    /// <summary>What the worker said, when it refused or failed.</summary>
    public TaskFailure? Failure { get; set; }

    /// <summary>Why there is no tunnel, for people; null when nobody said so.</summary>
    public string? NoTunnelBecause { get; private set; }

    /// <summary>True when what was missing is a direct path.</summary>
    public bool LacksDirectPath { get; private set; }

    /// <summary>True when it was looked for in vain, and is looked for no more.</summary>
    public bool IsDirectPathHopeless { get; private set; }

    /// <summary>Parts the caller was given from this attempt.</summary>
    public ulong Parts { get; set; }

    public bool IsActive => State is TaskAttemptState.Opening or TaskAttemptState.Sent or TaskAttemptState.Started;

    /// <summary>Takes why there is no tunnel.</summary>
    public void HandleNoTunnel(Exception cause)
    {
        var failure = cause.GetBaseException() as TunnelException;
        NoTunnelBecause = failure?.Message;
        LacksDirectPath = failure?.Code is TunnelErrorCode.NoDirectPath or TunnelErrorCode.NoDirectPathYet;
        IsDirectPathHopeless = failure?.Code == TunnelErrorCode.NoDirectPath;
    }

    /// <summary>How it went, in one phrase.</summary>
    public override string ToString() => State switch
    {
        TaskAttemptState.Opening => $"{Peer} (tunnel still opening)",
        TaskAttemptState.Sent => $"{Peer} (sent{(Suspected ? ", then the tunnel failed" : "")})",
        TaskAttemptState.Started => $"{Peer} (started{(Suspected ? ", then the tunnel failed" : "")})",
        TaskAttemptState.Refused when Failure?.Code is TaskFailureCode.Busy => $"{Peer} (busy)",
        TaskAttemptState.Refused => $"{Peer} (refused: {Failure?.Message})",
        TaskAttemptState.NotReached => $"{Peer} (no tunnel{(NoTunnelBecause is null ? "" : ": ")}{NoTunnelBecause})",
        TaskAttemptState.Lost => $"{Peer} (lost after it was sent)",
        TaskAttemptState.Failed => $"{Peer} (failed: {Failure?.Message})",
        TaskAttemptState.Abandoned => $"{Peer} (given up)",
        _ => $"{Peer} (completed)",
    };
}

/// <summary>Where an attempt stands.</summary>
internal enum TaskAttemptState
{
    /// <summary>The tunnel is being opened; nothing was sent, but what may run twice and goes ahead.</summary>
    Opening,

    /// <summary>The request was handed to the tunnel.</summary>
    Sent,

    /// <summary>The worker's agent began.</summary>
    Started,

    /// <summary>The worker said that no agent began.</summary>
    Refused,

    /// <summary>Provably nothing of the request reached the peer; or it may run twice and went ahead of a tunnel that did not open.</summary>
    NotReached,

    /// <summary>The stream ended without an outcome after the request may have arrived.</summary>
    Lost,

    /// <summary>The agent began and did not succeed.</summary>
    Failed,

    /// <summary>Ended by us: another attempt has the outcome, or the task has ended.</summary>
    Abandoned,

    /// <summary>The one whose result is the task's.</summary>
    Completed,
}
