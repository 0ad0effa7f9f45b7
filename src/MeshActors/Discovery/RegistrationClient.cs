using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;
using MeshActors.Wire;

namespace MeshActors.Discovery;

/// <summary>One node's side of the conversation with one backbone: reach it, register, beat, ask, and again from the start.</summary>
/// <remarks>
/// Away, it connects with delays that double and have jitter. Connected, it registers whatever was published last, then
/// beats at a third of the lease and at least as often as the backbone wants. A backbone that does not know the record
/// is registered at again; one that leaves a registration or a beat without answer is taken for away. Questions are
/// correlated by id, each with its deadline, at most <see cref="RecordLimits.MaxInFlight"/> requests at a time.
/// </remarks>
internal sealed class RegistrationClient
{
    /// <summary>First and longest delay between attempts to connect, without jitter.</summary>
    public static readonly (TimeSpan First, TimeSpan Longest) ConnectDelays =
        (TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));

    /// <summary>Without the answer to a registration or a beat for so long the backbone is away.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long a refused record waits before it is offered again.</summary>
    public static readonly TimeSpan RefusedDelay = TimeSpan.FromSeconds(60);

    private readonly TimeSpan _lease;
    private readonly Backoff _backoff;
    private readonly Queue<DirectoryRequest> _requests = new();
    private readonly Queue<RegistrationEvent> _events = new();
    private readonly OpenQuestions _questions = new();
    private LinkState _state = LinkState.Away;
    private MonoTime _connectAt;
    private bool _connectDue;
    private bool _isLeaving;
    private bool _hasLeft;
    private bool _disconnectDue;
    private NodeRecord? _published;
    private ulong _heldSequence;
    private ulong? _recordId;
    private TimeSpan _beat;
    private MonoTime? _upkeepAt;
    private (ulong Id, MonoTime Deadline)? _upkeep;
    private ulong _nextId = 1;

    public RegistrationClient(TimeSpan lease, IRandomSource random, MonoTime now)
    {
        _lease = lease;
        _backoff = new Backoff(ConnectDelays.First, ConnectDelays.Longest, random);
        _connectAt = now;
    }

    /// <summary>True while the backbone can be asked.</summary>
    public bool IsConnected => _state == LinkState.Connected;

    /// <summary>True while the backbone holds the record published last, as far as we know.</summary>
    public bool IsRegistered => IsConnected && _recordId is not null && _heldSequence == _published?.Sequence;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout
    {
        get
        {
            MonoTime? next = _state == LinkState.Away && !_connectDue ? _connectAt : null;
            next = MonoTime.Earliest(next, _upkeep?.Deadline ?? _upkeepAt);
            return MonoTime.Earliest(next, _questions.NextTimeout);
        }
    }

    /// <summary>The node's record is another than before, and has a higher sequence; one that is too long is not published.</summary>
    public void HandlePublished(NodeRecord record, MonoTime now)
    {
        if (_isLeaving)
        {
            return;
        }

        if (RecordCodec.ToRegister(record, _lease).CalculateSize() > RecordLimits.MaxBytes)
        {
            _events.Enqueue(new LeaseRefused(DirectoryRefusalCode.Malformed));
            return;
        }

        _published = record;
        if (IsConnected)
        {
            _upkeepAt = now;
            DoUpkeep(now);
        }
    }

    /// <summary>There is a stream to the backbone.</summary>
    public void HandleConnected(MonoTime now)
    {
        _state = LinkState.Connected;
        _recordId = null;
        _upkeepAt = _published is null ? null : now;
        DoUpkeep(now);
    }

    /// <summary>No stream could be had.</summary>
    public void HandleConnectFailed(MonoTime now) => GoAway(now);

    /// <summary>The stream has ended, whoever ended it.</summary>
    public void HandleDisconnected(MonoTime now)
    {
        if (IsConnected)
        {
            GoAway(now);
            _events.Enqueue(new BackboneAway());
        }
    }

    /// <summary>Takes a reply off the stream.</summary>
    public void HandleReply(DirectoryReply reply, MonoTime now)
    {
        if (_questions.Remove(reply.Id))
        {
            HandleAnswer(reply);
        }
        else if (_upkeep?.Id == reply.Id)
        {
            _upkeep = null;
            HandleUpkeep(reply, now);
            DoUpkeep(now);
        }
    }

    /// <summary>Asks the backbone; the outcome is an event with the id returned here.</summary>
    /// <returns>Null when it cannot be asked: it is away, or too many questions are open.</returns>
    public ulong? Ask(RecordQuestion question, int limit, MonoTime deadline)
    {
        if (!IsConnected || _questions.IsFull)
        {
            return null;
        }

        var id = _nextId++;
        _questions.Add(id, deadline);
        _requests.Enqueue(new DirectoryRequest { Id = id, Query = RecordCodec.ToWire(question, limit) });
        return id;
    }

    /// <summary>The node ends: its record is taken out of the directory, and nothing is published any more.</summary>
    public void HandleLeaving(MonoTime now)
    {
        _isLeaving = true;
        _published = null;
        if (!IsConnected || (_recordId is null && _upkeep is null))
        {
            TellLeft();
            return;
        }

        _upkeepAt = now;
        DoUpkeep(now);
    }

    public void HandleTimeout(MonoTime now)
    {
        if (_state == LinkState.Away && now >= _connectAt)
        {
            _connectDue = true;
        }

        foreach (var question in _questions.TakeExpired(now))
        {
            _events.Enqueue(new QuestionFailed(question));

            // Slow or gone? A beat now tells soon.
            _upkeepAt = _published is null ? null : now;
        }

        if (_upkeep?.Deadline <= now)
        {
            _disconnectDue = true;
            HandleDisconnected(now);
            return;
        }

        DoUpkeep(now);
    }

    /// <summary>Tells whether a stream is to be opened now.</summary>
    public bool PollConnect()
    {
        if (!_connectDue)
        {
            return false;
        }

        _connectDue = false;
        _state = LinkState.Connecting;
        return true;
    }

    /// <summary>Tells whether the stream is to be reset: the backbone does not answer on it.</summary>
    public bool PollDisconnect()
    {
        var due = _disconnectDue;
        _disconnectDue = false;
        return due;
    }

    /// <summary>Takes the next request to send. Call until it returns false.</summary>
    public bool PollRequest(out DirectoryRequest? request) => _requests.TryDequeue(out request);

    /// <summary>Takes the next event. Call until it returns false.</summary>
    public bool PollEvent(out RegistrationEvent? happened) => _events.TryDequeue(out happened);

    private void GoAway(MonoTime now)
    {
        _state = LinkState.Away;
        _connectAt = now + _backoff.Next();
        _recordId = null;
        _upkeep = null;
        _upkeepAt = null;
        _requests.Clear();
        foreach (var question in _questions.TakeAll())
        {
            _events.Enqueue(new QuestionFailed(question));
        }

        if (_isLeaving)
        {
            TellLeft();
        }
    }

    /// <summary>Registers or beats, when that is due and nothing of the kind is under way.</summary>
    private void DoUpkeep(MonoTime now)
    {
        if (!IsConnected || _upkeep is not null || !(_upkeepAt <= now) || MakeUpkeep() is not { } request)
        {
            return;
        }

        _requests.Enqueue(request);
        _upkeep = (request.Id, now + AnswerTimeout);
        _upkeepAt = null;
    }

    /// <summary>A release, a beat or a registration; null when there is nothing to keep up.</summary>
    private DirectoryRequest? MakeUpkeep()
    {
        if (_isLeaving && _recordId is { } held)
        {
            return new DirectoryRequest { Id = _nextId++, Release = new ReleaseRecord { RecordId = held } };
        }

        if (_published is not { } record)
        {
            return null;
        }

        if (_recordId is { } id && _heldSequence == record.Sequence)
        {
            return new DirectoryRequest
            {
                Id = _nextId++,
                Renew = new RenewRecord { RecordId = id, Sequence = record.Sequence },
            };
        }

        _heldSequence = record.Sequence;
        _recordId = null;
        return new DirectoryRequest { Id = _nextId++, Register = RecordCodec.ToRegister(record, _lease) };
    }

    private void HandleUpkeep(DirectoryReply reply, MonoTime now)
    {
        switch (reply.KindCase)
        {
            case DirectoryReply.KindOneofCase.Registered:
                HandleRegistered(reply.Registered, now);
                break;
            case DirectoryReply.KindOneofCase.Renewed:
                _upkeepAt = _published?.Sequence == _heldSequence ? now + _beat : now;
                break;
            case DirectoryReply.KindOneofCase.Refusal:
                HandleRefusal(reply.Refusal, now);
                break;
            case DirectoryReply.KindOneofCase.Released:
                _recordId = null;
                break;
            default:
                _upkeepAt = now + RefusedDelay;
                break;
        }

        if (_isLeaving && _recordId is null)
        {
            TellLeft();
        }
    }

    private void TellLeft()
    {
        if (!_hasLeft)
        {
            _hasLeft = true;
            _events.Enqueue(new DirectoryLeft());
        }
    }

    private void HandleRegistered(RecordRegistered registered, MonoTime now)
    {
        _backoff.Reset();
        _recordId = registered.RecordId;
        _beat = RecordLimits.BeatFor(registered.BeatSeconds, registered.LeaseSeconds);

        // What was published meanwhile goes at once.
        _upkeepAt = _published?.Sequence == _heldSequence ? now + _beat : now;
        UdpEndpoint? observed = registered.Observed is { } message && EndpointCodec.TryRead(message, out var endpoint)
            ? endpoint
            : null;
        _events.Enqueue(new LeaseGranted(observed));
    }

    private void HandleRefusal(DirectoryRefusal refusal, MonoTime now)
    {
        if (refusal.Code == DirectoryRefusalCode.UnknownRecord && _recordId is not null)
        {
            _recordId = null;
            _upkeepAt = now;
            return;
        }

        _upkeepAt = _published?.Sequence > _heldSequence ? now : now + RefusedDelay;
        _recordId = null;
        _events.Enqueue(refusal.Code == DirectoryRefusalCode.StaleRecord
            ? new SequenceBehind(refusal.Sequence)
            : new LeaseRefused(refusal.Code));
    }

    private void HandleAnswer(DirectoryReply reply)
    {
        if (reply.Result is not { } result || result.Records.Count > RecordLimits.MaxMatches)
        {
            _events.Enqueue(new QuestionFailed(reply.Id));
            return;
        }

        _backoff.Reset();
        var (matches, similar) = RecordCodec.Read(result);
        _events.Enqueue(new QuestionAnswered(reply.Id, matches, similar));
    }
}
