using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace MeshActors.Tasks;

/// <summary>The streams of one task's attempts, by their numbers; those that went ahead of their tunnel are there before it is.</summary>
/// <remarks>What is told of a stream ahead may come before or after what is told of its tunnel. So an end of it waits for the tunnel's outcome, which says why.</remarks>
internal sealed class AttemptStreams
{
    private readonly Dictionary<int, AttemptStream> _streams = [];
    private readonly HashSet<int> _ahead = [];
    private readonly Dictionary<int, bool> _endedAhead = [];

    public IEnumerable<KeyValuePair<int, AttemptStream>> All => _streams;

    public bool TryGet(int attempt, [NotNullWhen(true)] out AttemptStream? stream) => _streams.TryGetValue(attempt, out stream);

    /// <summary>The stream of an attempt whose tunnel is open.</summary>
    public void Add(int attempt, AttemptStream stream) => _streams.Add(attempt, stream);

    /// <summary>The stream of an attempt whose tunnel is being opened with its request.</summary>
    /// <param name="attempt">Which attempt.</param>
    /// <param name="stream">Its stream.</param>
    /// <param name="isWanted">False when the attempt is over already: the stream is reset.</param>
    public void AddAhead(int attempt, AttemptStream stream, bool isWanted)
    {
        _ahead.Add(attempt);
        if (isWanted)
        {
            _streams.Add(attempt, stream);
        }
        else
        {
            stream.Reset(TaskStreamCode.Cancelled);
        }
    }

    /// <summary>Whether the request of an attempt went ahead of its tunnel: nothing is left to be sent.</summary>
    public bool WentAhead(int attempt) => _ahead.Contains(attempt);

    public bool Remove(int attempt, [NotNullWhen(true)] out AttemptStream? stream) => _streams.Remove(attempt, out stream);

    /// <summary>Remembers that a stream ended before the outcome of its tunnel was told.</summary>
    public void EndAhead(int attempt, bool mayHaveArrived)
    {
        _streams.Remove(attempt);
        _endedAhead[attempt] = mayHaveArrived;
    }

    /// <summary>Whether a stream ended before the outcome of its tunnel was told; says so once.</summary>
    public bool TakeEndAhead(int attempt, out bool mayHaveArrived) => _endedAhead.Remove(attempt, out mayHaveArrived);

    public void Clear() => _streams.Clear();

    public void ResetAll(ulong code)
    {
        foreach (var stream in _streams.Values)
        {
            stream.Reset(code);
        }
    }
}
