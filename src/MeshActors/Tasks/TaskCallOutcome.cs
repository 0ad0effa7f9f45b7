namespace MeshActors.Tasks;

/// <summary>How a task ended for its caller.</summary>
/// <param name="Code">Why it failed; null when it completed.</param>
/// <param name="Attempt">The attempt that brought the outcome; -1 when none did.</param>
/// <param name="Failure">What the worker said, when it was the worker that ended it.</param>
internal sealed record TaskCallOutcome(MeshErrorCode? Code, int Attempt = -1, TaskFailure? Failure = null);
