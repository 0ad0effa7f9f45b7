using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Akka.Actor;
using MeshActors.Transport.Time;

namespace MeshActors.Clusters;

/// <summary>Decides when the first seed node may form a cluster.</summary>
/// <remarks>
/// When more than half of the seed nodes, itself counted, say that they wait for one, for <see cref="Steady"/> without a break, and
/// none that answers is a member. A seed that starts again behind a cut has no such majority, whichever side it is on; one that
/// starts with all the others has.
/// </remarks>
internal sealed class FormingQuorum
{
    /// <summary>How long an answer counts: several questions may be lost on the way.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    /// <summary>How long it must have held: one that reaches a cluster joins it within a second.</summary>
    public static readonly TimeSpan Steady = TimeSpan.FromSeconds(1);

    private readonly ImmutableArray<Address> _others;
    private readonly Dictionary<Address, (bool Waits, MonoTime At)> _answers = [];
    private MonoTime? _since;

    /// <param name="others">The seed nodes but this one.</param>
    public FormingQuorum(ImmutableArray<Address> others)
    {
        _others = others;
    }

    /// <summary>Takes a seed's answer; those of others than seeds are left alone.</summary>
    /// <param name="seed">Who answers.</param>
    /// <param name="waits">True when it waits as well; false when it is a member, or has not got so far.</param>
    /// <param name="now">The time.</param>
    public void HandleAnswer(Address seed, bool waits, MonoTime now)
    {
        if (_others.Contains(seed))
        {
            _answers[seed] = (waits, now);
        }
    }

    /// <summary>True when this seed may form the cluster now; to be asked at least every <see cref="Freshness"/>.</summary>
    public bool MayForm(MonoTime now)
    {
        var fresh = _answers.Values.Where(answer => now - answer.At <= Freshness).ToList();
        var waiting = 1 + fresh.Count(answer => answer.Waits);
        if (2 * waiting <= 1 + _others.Length || fresh.Any(answer => !answer.Waits))
        {
            _since = null;
            return false;
        }

        _since ??= now;
        return now - _since.Value >= Steady;
    }
}
