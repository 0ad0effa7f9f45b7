using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Time;

namespace MeshActors.Fuzz.Targets;

/// <summary>A congestion controller and the facts of a path that does what the script says: its window and rate stay within their bounds.</summary>
internal sealed class CongestionTarget
{
    public static readonly FuzzTarget Target = new("congestion", Run, Seeds);

    private const int MostPackets = 4_096;
    private const int MostOperations = 400;

    private readonly ICongestionController _controller;
    private readonly DeliveryRate _rate = new();
    private readonly List<Sent> _flying = [];
    private MonoTime _now = new(0);
    private TimeSpan? _shortest;
    private TimeSpan _smoothed = CongestionBounds.FirstRoundTrip;
    private ulong _next;
    private long _inFlight;
    private int _datagramBytes = CongestionBounds.FirstDatagramBytes;

    private CongestionTarget(CongestionControl control)
    {
        _controller = CongestionControllers.Create(control, new SimRandom(1));
    }

    private static IEnumerable<byte[]> Seeds()
    {
        foreach (var control in Enum.GetValues<CongestionControl>())
        {
            var kind = (byte)control;
            yield return [kind, 0, 10, 6, 100, 1, 10, 0, 20, 6, 100, 1, 20, 0, 40, 6, 100, 2, 3, 1, 37, 0, 30, 6, 120, 1, 30];
            yield return [kind, 0, 10, 6, 1, 1, 5, 3, 1, 5, 9, 6, 255, 4, 2, 5, 0, 7, 200, 0, 5, 7, 10, 1, 5, 8, 0, 50, 6, 9, 1, 255];
        }
    }

    private static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var controls = Enum.GetValues<CongestionControl>();
        var target = new CongestionTarget(controls[script.Byte() % controls.Length]);
        for (var operation = 0; operation < MostOperations && !script.IsOver; operation++)
        {
            target.Step(ref script);
            target.Check();
        }
    }

    private void Step(ref Script script)
    {
        switch (script.Byte() % 10)
        {
            case 0:
                Send(script.Byte());
                break;
            case 1:
                Acknowledge(0, script.Byte());
                break;
            case 2:
                Lose(0, script.Byte(), isPersistent: false);
                break;
            case 3:
                Acknowledge(script.Byte(), script.Byte());
                break;
            case 4:
                Lose(script.Byte(), script.Byte(), isPersistent: script.Byte() % 2 != 0);
                break;
            case 5:
                Mark(1 + script.Byte());
                break;
            case 6:
                _now += TimeSpan.FromMilliseconds(script.Byte());
                break;
            case 7:
                _now += TimeSpan.FromMicroseconds(script.Byte());
                break;
            case 8:
                _controller.HandleSpuriousLoss();
                break;
            default:
                _datagramBytes = CongestionBounds.FirstDatagramBytes + (script.Byte() * 250);
                _controller.HandleDatagramSize(_datagramBytes);
                break;
        }
    }

    /// <summary>As many packets as window and number allow.</summary>
    private void Send(int packets)
    {
        for (; packets > 0 && _flying.Count < MostPackets && _inFlight + _datagramBytes <= _controller.WindowBytes; packets--)
        {
            var snapshot = default(SendSnapshot);
            _rate.HandleSent(ref snapshot, _inFlight, _datagramBytes, _now);
            _inFlight += _datagramBytes;
            _flying.Add(new Sent(_next++, _datagramBytes, _now, _inFlight, snapshot));
            _controller.HandleSent(new SentFact(_now, _datagramBytes, _inFlight, _rate.IsAppLimited));
        }

        if (packets > 0)
        {
            _rate.HandleAppLimited(_inFlight);
        }
    }

    private void Acknowledge(int from, int count)
    {
        if (Take(from, count, out var bytes) is not { } newest)
        {
            return;
        }

        var prior = _inFlight;
        _inFlight -= bytes;
        var took = _now - newest.At;
        TimeSpan? sample = took > TimeSpan.Zero ? took : null;
        if (sample is { } measured)
        {
            _shortest = _shortest < measured ? _shortest : measured;
            _smoothed = ((_smoothed * 7) + measured) / 8;
        }

        var rate = _rate.HandleAcked(bytes, newest.Snapshot, newest.At, _shortest ?? TimeSpan.Zero, _now);
        _controller.HandleAcked(new AckedFact(
            _now, bytes, prior, _inFlight, newest.Number, newest.At, _next, sample, _smoothed, rate));
    }

    private void Lose(int from, int count, bool isPersistent)
    {
        var before = _flying.Count;
        if (Take(from, count, out var bytes) is { } newest)
        {
            _inFlight -= bytes;
            _rate.HandleLost(bytes);
            _controller.HandleLost(new LostFact(
                _now, before - _flying.Count, bytes, newest.At, newest.InFlight, _inFlight, isPersistent));
        }
    }

    private void Mark(int packets)
    {
        if (_flying.Count > 0)
        {
            _controller.HandleMarked(new MarkedFact(_now, packets, _flying[0].At, _flying[0].InFlight));
        }
    }

    /// <returns>The newest of the packets taken; null when there was none.</returns>
    private Sent? Take(int from, int count, out long bytes)
    {
        bytes = 0;
        if (_flying.Count == 0 || count == 0)
        {
            return null;
        }

        from %= _flying.Count;
        var taken = _flying.GetRange(from, Math.Min(count, _flying.Count - from));
        _flying.RemoveRange(from, taken.Count);
        foreach (var packet in taken)
        {
            bytes += packet.Bytes;
        }

        return taken[^1];
    }

    private void Check()
    {
        Finding.Unless(
            _controller.WindowBytes >= CongestionBounds.MinimumWindow(CongestionBounds.FirstDatagramBytes)
                && _controller.WindowBytes <= CongestionBounds.MostWindow,
            $"a window of {_controller.WindowBytes} bytes is within its bounds");
        Finding.Unless(
            double.IsFinite(_controller.PacingRate) && _controller.PacingRate > 0, $"a rate of {_controller.PacingRate} is one");
    }

    private readonly record struct Sent(ulong Number, int Bytes, MonoTime At, long InFlight, SendSnapshot Snapshot);
}
