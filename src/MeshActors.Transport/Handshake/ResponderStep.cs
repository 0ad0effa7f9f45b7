using System;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Handshake;

/// <summary>What a responder does about a message 1.</summary>
internal enum ResponderOutcome
{
    /// <summary>Nothing: it is dropped for a reason.</summary>
    Dropped,

    /// <summary>A copy of one that was answered: the same message 2 goes out again, to where the copy came from.</summary>
    AnswerAgain,

    /// <summary>All checks but the last hold: derive the claim off the loop and hand in the result.</summary>
    DerivationNeeded,

    /// <summary>A copy, or a later attempt, of one whose derivation is under way: nothing to do.</summary>
    DerivationUnderWay,

    /// <summary>All checks hold: accept it, or dispose it.</summary>
    Checked,
}

/// <summary>What a responder does about a message 1, with what that takes.</summary>
/// <param name="Outcome">What to do.</param>
/// <param name="Reason">Why, when dropped.</param>
/// <param name="Answer">Message 2, when it goes out again; when dropped, what the initiator is told of its timestamp.</param>
/// <param name="Claim">What to derive, when a derivation is needed.</param>
/// <param name="Handshake">What to accept or dispose, when checked.</param>
internal readonly record struct ResponderStep(
    ResponderOutcome Outcome,
    DropReason? Reason = null,
    ReadOnlyMemory<byte> Answer = default,
    AddressClaim Claim = default,
    ResponderHandshake? Handshake = null)
{
    public static ResponderStep Dropped(DropReason reason) => new(ResponderOutcome.Dropped, reason);
}
