using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Congestion;

/// <summary>Tells loss that comes from sending too much from loss that comes whatever is sent.</summary>
/// <remarks>
/// Loss is judged over whole rounds of at least <see cref="LeastPackets"/> packets. What exceeds the known chance by <see cref="Margin"/>, and by more than is likely, is
/// taken for congestion, and its sender sends less. Then either the loss goes, as a queue's or a policer's must when less comes in than goes out, or it stays: then it is chance,
/// and will be borne. A rate of chance that is known is followed in rounds in which no queue stands.
/// </remarks>
internal sealed class LossRate
{
    /// <summary>What is always borne: the threshold of draft-ietf-ccwg-bbr.</summary>
    public const double Margin = 0.02;

    private const int LeastPackets = 64;
    private const double LearningShare = 0.25;
    private const double MostChance = 0.25;
    private const double SentLess = 0.9;

    private double _delivered;
    private double _lost;
    private bool _isQuiet = true;
    private MonoTime _since;
    private double _blamedRate;
    private double _blamedLoss;

    /// <summary>The share of packets that chance takes.</summary>
    public double Chance { get; private set; }

    /// <summary>The share that was lost in the last judged rounds.</summary>
    public double Latest { get; private set; }

    /// <summary>Bytes a second that arrived in the last judged rounds.</summary>
    public double LatestRate { get; private set; }

    /// <summary>True when rounds were judged since <see cref="Restart"/>.</summary>
    public bool HasJudged { get; private set; }

    public void HandleLost(long bytes) => _lost += bytes;

    /// <summary>Counts what was sent since a moment, and begins anew when something older arrives: that was sent in another manner.</summary>
    public void HandleAcked(in AckedFact acked, MonoTime since, bool isQuiet)
    {
        if (acked.NewestSentAt > since)
        {
            HandleAcked(acked.Bytes, isQuiet);
        }
        else
        {
            Restart(acked.Now);
        }
    }

    /// <param name="bytes">Bytes acknowledged.</param>
    /// <param name="isQuiet">True while no more is sent than the path delivers and no queue stands.</param>
    public void HandleAcked(long bytes, bool isQuiet)
    {
        _delivered += bytes;
        _isQuiet &= isQuiet;
    }

    /// <summary>A round is over.</summary>
    /// <param name="datagramBytes">Size of packets.</param>
    /// <param name="now">Now.</param>
    public LossVerdict EndRound(int datagramBytes, MonoTime now)
    {
        var bytes = _delivered + _lost;
        if (bytes < LeastPackets * datagramBytes || now <= _since)
        {
            return LossVerdict.Undecided;
        }

        Latest = _lost / bytes;
        var rate = bytes / (now - _since).TotalSeconds;
        LatestRate = rate * (1 - Latest);
        var verdict = Judge(rate, bytes / datagramBytes);
        Restart(now);
        HasJudged = true;
        return verdict;
    }

    /// <summary>Begins to count anew: what comes next is sent in another manner.</summary>
    public void Restart(MonoTime now)
    {
        _delivered = 0;
        _lost = 0;
        _isQuiet = true;
        _since = now;
        HasJudged = false;
    }

    private LossVerdict Judge(double rate, double packets)
    {
        if (_isQuiet && rate < SentLess * _blamedRate)
        {
            // A policer, or a queue, lets through what it let through before; chance takes the same share of less.
            var ifCongestion = Math.Max(0, 1 - (_blamedRate * (1 - _blamedLoss) / rate));
            _blamedRate = 0;
            if (Latest > (ifCongestion + _blamedLoss) / 2)
            {
                Chance = Math.Min(Latest, MostChance);
                return LossVerdict.Chance;
            }
        }

        var deviation = Math.Sqrt(Math.Max(Chance, 0.5 / packets) * (1 - Chance) / packets);
        if (Latest > Chance + Margin + (2 * deviation))
        {
            _blamedRate = rate;
            _blamedLoss = Latest;
            return LossVerdict.Congestion;
        }

        if (_isQuiet)
        {
            Chance = Math.Min(Chance + (LearningShare * (Latest - Chance)), MostChance);
        }

        return LossVerdict.Borne;
    }
}
