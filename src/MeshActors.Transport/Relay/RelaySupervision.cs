using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>How one relay of the configuration is found and kept: when to ask who is there, whom to use from then on, and what to say of it.</summary>
/// <remarks>
/// Where it may be is asked at once, and again after pauses that double while nobody answers. Who has answered is used; the engine keeps the tunnel and the lease from then on. When the
/// lease is lost it is asked again who is there: a relay that was started with another root key is another node, and takes the place of the one before. A first silence and each change are reported
/// once. Its actor's restart begins a new one of these.
/// </remarks>
internal sealed class RelaySupervision
{
    /// <summary>Before the second question; doubles up to <see cref="LongestPause"/>.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two questions at most; half of it may be taken off by chance.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>A question that has come to nothing by then is asked anew: names are resolved in it, which has no other end.</summary>
    public static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(30);

    private readonly Backoff _backoff;
    private MonoTime? _askAt;
    private int _open;
    private bool _askDue;
    private bool _useDue;
    private MeshAddress? _toForget;
    private bool _reportDue;
    private bool _silenceTold;

    public RelaySupervision(IRandomSource random, MonoTime now)
    {
        _backoff = new Backoff(FirstPause, LongestPause, random);
        Ask(now);
    }

    public RelayPhase Phase { get; private set; } = RelayPhase.Asking;

    /// <summary>Who answered; null before anybody did.</summary>
    public MeshAddress? Relay { get; private set; }

    /// <summary>Why there is no lease, when the relay said so.</summary>
    public RelayRefusal Refusal { get; private set; }

    /// <summary>Why the last question came to nothing, for people; empty when it did not.</summary>
    public string Silence { get; private set; } = string.Empty;

    /// <summary>Number of the question under way; answers to others mean nothing.</summary>
    public int Attempt { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => _askAt;

    /// <summary>The question went to so many endpoints, under so many keys.</summary>
    /// <param name="attempt">Which question.</param>
    /// <param name="open">Answers to wait for; 0 when nobody could be asked.</param>
    /// <param name="why">Why nobody could be asked.</param>
    /// <param name="now">The present.</param>
    public void HandleAsked(int attempt, int open, string why, MonoTime now)
    {
        if (attempt != Attempt)
        {
            return;
        }

        _open = open;
        if (open == 0)
        {
            Pause(why, now);
        }
    }

    /// <summary>Somebody acceptable answered the question.</summary>
    public void HandleAnswered(int attempt, MeshAddress relay, MonoTime now)
    {
        if (attempt != Attempt || _open == 0)
        {
            return;
        }

        _open = 0;
        _silenceTold = false;
        Silence = string.Empty;
        if (relay != Relay)
        {
            _toForget = Relay;
            Relay = relay;
            _useDue = true;
            _backoff.Reset();
            Enter(RelayPhase.Leasing);
        }

        // While the lease is lost the next to answer may be another.
        _askAt = Phase == RelayPhase.Lost ? now + _backoff.Next() : null;
    }

    /// <summary>One of those asked gave no acceptable answer.</summary>
    public void HandleUnanswered(int attempt, string why, MonoTime now)
    {
        if (attempt == Attempt && _open > 0 && --_open == 0)
        {
            Pause(why, now);
        }
    }

    /// <summary>The engine says what became of the lease at <see cref="Relay"/>.</summary>
    public void HandleLease(RelayClientState state, RelayRefusal refusal, MonoTime now)
    {
        if (Relay is null)
        {
            return;
        }

        var phase = state switch
        {
            RelayClientState.Leased => RelayPhase.Leased,
            RelayClientState.Refused => RelayPhase.Refused,
            RelayClientState.Lost => RelayPhase.Lost,
            RelayClientState.Released => RelayPhase.Spare,
            _ => Phase == RelayPhase.Lost ? RelayPhase.Lost : RelayPhase.Leasing,
        };
        if (phase == Phase && refusal == Refusal)
        {
            return;
        }

        Refusal = refusal;
        Enter(phase);
        if (phase == RelayPhase.Lost)
        {
            Ask(now);
        }
        else
        {
            _backoff.Reset();
            _askAt = null;
            _open = 0;
        }
    }

    public void HandleTimeout(MonoTime now)
    {
        if (_askAt is { } due && now >= due)
        {
            Ask(now);
        }
    }

    /// <summary>Tells whether the question <see cref="Attempt"/> is to be asked now; true once for each.</summary>
    public bool PollAsk()
    {
        var due = _askDue;
        _askDue = false;
        return due;
    }

    /// <summary>Tells whether <see cref="Relay"/> is to be used from now on; true once for each.</summary>
    /// <param name="instead">In whose place; null for nobody's.</param>
    public bool PollUse(out MeshAddress? instead)
    {
        var due = _useDue;
        instead = _toForget;
        _useDue = false;
        _toForget = null;
        return due;
    }

    /// <summary>Tells whether something changed that is worth a word; true once for each change.</summary>
    public bool PollReport()
    {
        var due = _reportDue;
        _reportDue = false;
        return due;
    }

    private void Ask(MonoTime now)
    {
        Attempt++;
        _open = 0;
        _askDue = true;
        _askAt = now + LongestQuestion;
    }

    private void Pause(string why, MonoTime now)
    {
        Silence = why;
        _askAt = now + _backoff.Next();
        _reportDue |= !_silenceTold && Phase == RelayPhase.Asking;
        _silenceTold = true;
    }

    private void Enter(RelayPhase phase)
    {
        _reportDue |= phase != Phase || phase == RelayPhase.Refused;
        Phase = phase;
    }
}
