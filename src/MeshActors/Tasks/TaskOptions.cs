using System;
using MeshActors.Capabilities;

namespace MeshActors.Tasks;

/// <summary>How one task is to be carried out.</summary>
public sealed record TaskOptions
{
    /// <summary>The longest time a task may take: a day.</summary>
    public static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(1);

    /// <summary>Thirty seconds, not idempotent, of normal priority.</summary>
    public static readonly TaskOptions Default = new();

    private readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);
    private readonly string? _traceId;

    /// <summary>Time from the call until the caller gives up: 1 ms to <see cref="LongestDeadline"/>, by default 30 s.</summary>
    public TimeSpan Deadline
    {
        get => _deadline;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(1));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LongestDeadline);
            _deadline = value;
        }
    }

    /// <summary>
    /// True when doing the task twice does no harm: then it runs at least once and is tried on another node whenever one
    /// fails. False (the default): on another node only when the first provably never began; else the outcome is unknown.
    /// </summary>
    public bool Idempotent { get; init; }

    /// <summary>Version, tags, region and uptime asked for; by default any.</summary>
    public CapabilityFilter Filter { get; init; } = CapabilityFilter.Any;

    /// <summary>Who is refused first by a node that is nearly full.</summary>
    public TaskPriority Priority { get; init; }

    /// <summary>
    /// The correlation id <c>x-mesh-trace-id</c>: 1 to 128 visible ASCII characters. Null: the trace id of the current
    /// activity, or the task's own id.
    /// </summary>
    public string? TraceId
    {
        get => _traceId;
        init
        {
            if (value is not null && !CorrelationId.IsValid(value))
            {
                throw new ArgumentException(
                    $"A trace id is 1 to {CorrelationId.MaxLength} visible ASCII characters.", nameof(value));
            }

            _traceId = value;
        }
    }
}
