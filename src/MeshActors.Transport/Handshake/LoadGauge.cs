using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Handshake;

/// <summary>Says whether more handshakes come than a node can begin: then strangers have to prove their address first.</summary>
internal sealed class LoadGauge
{
    private const int Slots = 10;

    private readonly HandshakeLimits _limits;
    private readonly long _slotTicks;
    private readonly int[] _counts = new int[Slots];
    private long _slot;
    private int _sum;
    private MonoTime _loadedUntil;

    public LoadGauge(HandshakeLimits limits)
    {
        _limits = limits;
        _slotTicks = limits.LoadWindow.Ticks / Slots;
    }

    /// <summary>Counts a first message whose mac1 fits.</summary>
    /// <param name="answersWaiting">Second messages that wait to be sent.</param>
    /// <param name="now">The present.</param>
    /// <returns>True under load.</returns>
    public bool Count(int answersWaiting, MonoTime now)
    {
        Advance(now.Ticks / _slotTicks);
        _counts[_slot % Slots]++;
        _sum++;
        if (_sum > _limits.LoadMessages || answersWaiting > _limits.LoadAnswers)
        {
            _loadedUntil = now + _limits.LoadLasts;
        }

        return now < _loadedUntil;
    }

    private void Advance(long slot)
    {
        if (slot - _slot >= Slots)
        {
            Array.Clear(_counts);
            _sum = 0;
            _slot = slot;
            return;
        }

        while (_slot < slot)
        {
            _slot++;
            _sum -= _counts[_slot % Slots];
            _counts[_slot % Slots] = 0;
        }
    }
}
