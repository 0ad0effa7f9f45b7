using MeshActors.Transport.Addressing;

namespace MeshActors.Tasks;

/// <summary>What <see cref="TaskCall"/> asks its owner to do.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Attempt">The attempt it is about; -1 for none.</param>
/// <param name="Peer">Whom to ask; only for <see cref="TaskCallActionKind.StartAttempt"/>.</param>
/// <param name="Code">Why; only for <see cref="TaskCallActionKind.AbandonAttempt"/>.</param>
internal readonly record struct TaskCallAction(
    TaskCallActionKind Kind, int Attempt = -1, MeshAddress Peer = default, ulong Code = 0);

/// <summary>Kinds of <see cref="TaskCallAction"/>.</summary>
internal enum TaskCallActionKind
{
    /// <summary>Ask the peer cache for candidates.</summary>
    AskCandidates,

    /// <summary>Open the peer's tunnel and a stream, and send the request.</summary>
    StartAttempt,

    /// <summary>Reset the attempt's stream, or drop it when it has none.</summary>
    AbandonAttempt,

    /// <summary>The task has ended: <see cref="TaskCall.Outcome"/> says how. Comes once, last.</summary>
    End,
}
