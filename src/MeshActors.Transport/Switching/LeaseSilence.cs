using System;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Switching;

/// <summary>Notices that frames go out under a lease and none come back: then the tunnel to the relay is to be asked for a sign of life.</summary>
/// <remarks>Frames of relays are acknowledged by nobody. Peers may have nothing to say, so silence alone means nothing, and one question per silence is enough: the tunnel repeats it.</remarks>
internal sealed class LeaseSilence
{
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(500);

    private readonly RelayClient _client;
    private ulong _sent;
    private ulong _received;
    private MonoTime? _since;

    public LeaseSilence(RelayClient client)
    {
        _client = client;
    }

    /// <summary>When <see cref="IsOver"/> must next be called; a silence that has not been seen to begin is seen when frames are sent.</summary>
    public MonoTime? NextTimeout => _since + Most;

    /// <summary>Looks at what was sent and received; true when a question is due.</summary>
    public bool IsOver(MonoTime now)
    {
        if (_client.Keys is not { } keys)
        {
            _since = null;
            return false;
        }

        var (sent, received) = (keys.Sent, keys.Window.Next);
        if (received != _received)
        {
            _since = null;
        }
        else if (sent != _sent)
        {
            _since ??= now;
        }

        (_sent, _received) = (sent, received);
        if (_since + Most > now || _since is null)
        {
            return false;
        }

        _since = null;
        return true;
    }
}
