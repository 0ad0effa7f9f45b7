using System.Collections.Generic;

namespace MeshActors.Transport.Streams;

/// <summary>Memory for messages longer than their stream's window, given whole and in order of asking (docs/protocol.md, section 6.3).</summary>
/// <remarks>
/// A message that has its grant can always be completed, so two of them never wait for each other half received; the first in the
/// queue is never passed over, so none waits for ever. At most one message of each stream waits.
/// </remarks>
internal sealed class ReceiveBudget
{
    private readonly List<StreamState> _waiting = [];
    private long _left;

    /// <param name="bytes">At least the longest message.</param>
    public ReceiveBudget(long bytes)
    {
        _left = bytes;
    }

    /// <summary>Bytes not granted to anybody.</summary>
    public long Left => _left;

    /// <summary>Streams whose message waits.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Asks for a grant for the message under way; <see cref="TryGrantNext"/> gives it.</summary>
    public void Ask(StreamState stream, int bytes)
    {
        if (stream.WaitingGrant == 0)
        {
            stream.WaitingGrant = bytes;
            _waiting.Add(stream);
        }
    }

    /// <summary>Grants to the first stream in the queue when there is enough left. Call until it returns false.</summary>
    public bool TryGrantNext(out StreamState? stream)
    {
        stream = null;
        if (_waiting.Count == 0 || _waiting[0].WaitingGrant > _left)
        {
            return false;
        }

        stream = _waiting[0];
        _waiting.RemoveAt(0);
        _left -= stream.WaitingGrant;
        stream.Receive.Grants.Add(stream.WaitingGrant);
        stream.WaitingGrant = 0;
        return true;
    }

    /// <summary>A message was taken; if it came by a grant, that ends.</summary>
    public void Return(StreamState stream, int bytes)
    {
        if (stream.Receive.Grants.TryEnd(bytes))
        {
            _left += bytes;
        }
    }

    /// <summary>A message is kept for something that comes by another stream, which may be long too; if it came by a grant, others may have that.</summary>
    public void Lend(StreamState stream, int bytes)
    {
        if (stream.Receive.Grants.TryLend(bytes))
        {
            _left += bytes;
        }
    }

    /// <summary>A message that was kept is taken.</summary>
    public void ReturnKept(StreamState stream, int bytes)
    {
        if (stream.Receive.Grants.EndKept(bytes))
        {
            _left += bytes;
        }
    }

    /// <summary>Takes back everything a stream has or waits for: it ended.</summary>
    public void ReturnAll(StreamState stream)
    {
        if (stream.WaitingGrant > 0)
        {
            _waiting.Remove(stream);
            stream.WaitingGrant = 0;
        }

        _left += stream.Receive.Grants.EndAll();
    }
}
