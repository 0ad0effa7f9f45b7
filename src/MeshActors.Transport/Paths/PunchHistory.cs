using System;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Paths;

/// <summary>What was tried to get a direct path to one peer, so that no technique is tried again on the same evidence, and what came of it.</summary>
/// <remarks>
/// Prediction has two turns, because its second look at the counter is other evidence. All begin anew when another NAT is seen before either side, when more is known of this node's own, and when a path that was found is lost.
/// Birthdays have a bound of their own that nothing renews but time, see <see cref="PunchBudget"/>.
/// </remarks>
internal sealed class PunchHistory
{
    /// <summary>Attempts of others that are answered within <see cref="AnswerSpan"/>.</summary>
    public const int MostAnswers = 3;

    private const int PredictedTurns = 2;

    /// <summary>See <see cref="MostAnswers"/>.</summary>
    public static readonly TimeSpan AnswerSpan = TimeSpan.FromSeconds(20);

    private readonly int[] _turns = new int[(int)PunchTechnique.BothRandom + 1];
    private (PunchPattern, UInt128, int?, PunchPattern, UInt128) _evidence;
    private MonoTime _answersSince = new(long.MinValue / 2);
    private int _answers;

    /// <summary>What came of the last attempt.</summary>
    public PunchOutcome Outcome { get; set; }

    /// <summary>True when guessing ports will bring nothing more as long as the NATs are those that are known: nothing fits, or all that fits was tried; and when nothing but
    /// guessing could. Where both have one mapping for all, challenges alone may yet get through.</summary>
    public bool IsHopeless { get; set; }

    /// <summary>What was tried last; null before the first attempt.</summary>
    public PunchTechnique? Technique { get; private set; }

    /// <summary>Why the peer refused, where it did.</summary>
    public PunchRefusal Refusal { get; set; }

    /// <summary>Times in a row that the peer was busy.</summary>
    public int TimesBusy { get; set; }

    /// <summary>The next technique that fits both sides and has a turn left.</summary>
    /// <param name="own">Of this node.</param>
    /// <param name="peer">Of the peer.</param>
    /// <param name="withBirthdays">Whether many ports may be tried.</param>
    public PunchTechnique? Next(in PunchPorts own, in PunchPorts peer, bool withBirthdays)
    {
        var evidence = (own.Pattern, own.Endpoint.Bits, own.MostTries, peer.Pattern, peer.Endpoint.Bits);
        if (evidence != _evidence)
        {
            _evidence = evidence;
            Renew();
        }

        var technique = PunchPlan.TechniqueFor(own, peer);
        if (technique == PunchTechnique.Predicted && _turns[(int)PunchTechnique.Predicted] == PredictedTurns)
        {
            // A counter that others move too: what it gives out next is any of the ports above.
            technique = own.Pattern == peer.Pattern ? null : PunchTechnique.Birthday;
        }

        var isLeft = technique switch
        {
            PunchTechnique.Predicted => true,
            PunchTechnique.Birthday or PunchTechnique.BothRandom => withBirthdays && _turns[(int)technique] == 0,
            _ => false,
        };
        return isLeft ? technique : null;
    }

    /// <summary>An attempt brought nothing.</summary>
    /// <param name="technique">What was tried.</param>
    /// <param name="outcome">Why.</param>
    /// <param name="isUseless">Whether another turn would bring nothing either, as after a refusal.</param>
    public void HandleFailed(PunchTechnique technique, PunchOutcome outcome, bool isUseless)
    {
        Technique = technique;
        Outcome = outcome;
        _turns[(int)technique] = isUseless ? PredictedTurns : _turns[(int)technique] + 1;
    }

    /// <summary>An attempt brought a direct path: when that is lost all may be tried again.</summary>
    public void HandleFound(PunchTechnique technique)
    {
        Technique = technique;
        Outcome = PunchOutcome.Found;
        Renew();
    }

    /// <summary>Says whether another attempt of the peer is answered.</summary>
    public bool TryAnswer(MonoTime now)
    {
        if (now - _answersSince > AnswerSpan)
        {
            _answersSince = now;
            _answers = 0;
        }

        return _answers++ < MostAnswers;
    }

    private void Renew() => Array.Clear(_turns);
}
