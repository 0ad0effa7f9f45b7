using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Says when the session of a tunnel is to be replaced by another, beside the data it carries.</summary>
/// <remarks>
/// The side that dialled the session comes first; the other one follows when nothing has come of that. An attempt that failed is
/// made again after a delay that doubles. Nothing here ends a session: it carries data until its keys or certificates are used up.
/// </remarks>
internal sealed class Rekeying
{
    private const double LargestJitter = 0.1;

    private readonly RekeySettings _settings;
    private readonly IRandomSource _random;
    private readonly Backoff _backoff;
    private TunnelSession? _session;
    private MonoTime _earliest;
    private MonoTime _dueAt;
    private ulong _duePackets;

    public Rekeying(RekeySettings settings, IRandomSource random)
    {
        _settings = settings;
        _random = random;
        _backoff = new Backoff(settings.FirstRetry, settings.LongestRetry, random);
    }

    /// <summary>Attempts to replace this session that came to nothing.</summary>
    public int Failures => _backoff.Attempts;

    /// <summary>When an attempt must begin; null before the first session.</summary>
    public MonoTime? NextTimeout =>
        _session is not { } session ? null : HasCarriedEnough(session) ? _earliest : MonoTime.Latest(_earliest, _dueAt);

    /// <summary>A session is in force: its time begins.</summary>
    public void HandleSession(TunnelSession session, MonoTime now)
    {
        _session = session;
        _backoff.Reset();
        _earliest = now;
        if (session.InitiatedHere)
        {
            _dueAt = now + (_settings.After * (1 - (LargestJitter * _random.NextDouble())));
            _duePackets = _settings.AfterPackets;
        }
        else
        {
            _dueAt = now + _settings.After + _settings.Grace;
            _duePackets = _settings.AfterPackets + _settings.GracePackets;
        }
    }

    /// <summary>The peer is suspected to have lost the session: it is to be replaced as soon as may be.</summary>
    public void Hasten(MonoTime now) => _dueAt = now;

    /// <summary>An attempt to replace the session came to nothing.</summary>
    public void HandleFailed(MonoTime now) => _earliest = now + _backoff.Next();

    private bool HasCarriedEnough(TunnelSession session) =>
        session.Protection.Sealed >= _duePackets || session.Protection.Opened >= _duePackets;
}
