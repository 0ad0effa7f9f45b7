using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Transport.Streams;

/// <summary>What the long messages of one stream were given beyond its window, until they are taken.</summary>
/// <remarks>
/// Bounded by the large-message budget: each is longer than the smallest window. A message that is kept for something that comes by another stream lends the
/// budget its grant, so that the other can come; then this stream asks for no further one, so that it keeps two such messages at most: the one whose
/// keeping stops it, and one that had asked before.
/// </remarks>
internal sealed class StreamGrants
{
    private List<int>? _grants;
    private List<int>? _lent;

    /// <summary>Bytes of messages that were granted and not yet taken.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a message is kept whose grant the budget has back.</summary>
    public bool HasLent => _lent is { Count: > 0 };

    /// <summary>A long message is given its length.</summary>
    public void Add(int bytes)
    {
        Bytes += bytes;
        (_grants ??= []).Add(bytes);
    }

    /// <summary>Ends the grant of a message that was taken.</summary>
    /// <returns>False when no message of that length came by a grant.</returns>
    public bool TryEnd(int bytesWithPrefix)
    {
        if (_grants is null || !_grants.Remove(bytesWithPrefix))
        {
            return false;
        }

        Bytes -= bytesWithPrefix;
        return true;
    }

    /// <summary>Lends the grant of a message that is kept to the budget; the stream keeps it as credit until the message is taken.</summary>
    /// <returns>False when no message of that length came by a grant.</returns>
    public bool TryLend(int bytesWithPrefix)
    {
        if (_grants is null || !_grants.Remove(bytesWithPrefix))
        {
            return false;
        }

        (_lent ??= []).Add(bytesWithPrefix);
        return true;
    }

    /// <summary>A message that was kept is taken.</summary>
    /// <returns>True when the budget has to be given what it was granted: it was not lent.</returns>
    public bool EndKept(int bytesWithPrefix)
    {
        if (_lent is null || !_lent.Remove(bytesWithPrefix))
        {
            return TryEnd(bytesWithPrefix);
        }

        Bytes -= bytesWithPrefix;
        return false;
    }

    /// <summary>Ends all.</summary>
    /// <returns>What they came to, but for what is lent.</returns>
    public long EndAll()
    {
        var bytes = Bytes - (_lent?.Sum() ?? 0);
        Bytes = 0;
        _lent = null;
        _grants = null;
        return bytes;
    }
}
