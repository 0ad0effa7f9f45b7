using System;
using System.Runtime.InteropServices;
using System.Threading;
using MeshActors.LinkLab.Link;

namespace MeshActors.LinkLab.Linux;

/// <summary>The thread that plays the link between two tun devices.</summary>
/// <remarks>
/// It runs before all other threads of the machine (SCHED_FIFO), because a late hand-over looks like a slower path to
/// what is measured, and sleeps when nothing is due. A new link replaces the one before with all that was on its way.
/// </remarks>
internal sealed unsafe class Delayer : IDisposable
{
    private const int PacketsPerTurn = 64;
    private const int LongestPacket = 65_536;
    private const double LongestSleepNanoseconds = 5e6;
    private const double ShortestSleepNanoseconds = 3e3;

    /// <summary>Above the flows, which the script that starts the lab gives the lowest real-time priority.</summary>
    private const int Priority = 2;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly TunDevice _left;
    private readonly TunDevice _right;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _taken = new();
    private readonly byte[] _packet = GC.AllocateUninitializedArray<byte>(LongestPacket, pinned: true);
    private EmulatedLink? _next;
    private EmulatedLink _link;
    private volatile bool _stopping;

    public Delayer(TunDevice left, TunDevice right, EmulatedLink link, TimeProvider time)
    {
        if (time.TimestampFrequency != NanosecondsPerSecond)
        {
            throw new NotSupportedException($"The clock ticks {time.TimestampFrequency} times a second, not in nanoseconds.");
        }

        _left = left;
        _right = right;
        _link = link;
        _time = time;
        _thread = new Thread(Run) { IsBackground = true, Name = "delayer" };
        _thread.Start();
    }

    /// <summary>What ended the thread, if something did.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Plays another link from now on; what is on the way in the old one is gone, and it is disposed.</summary>
    public void Play(EmulatedLink link)
    {
        _taken.Reset();
        Volatile.Write(ref _next, link);
        if (!_taken.Wait(TimeSpan.FromSeconds(5)))
        {
            throw new LinuxCallException("the delayer has stopped", Fault ?? new TimeoutException());
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _link.Dispose();
        _taken.Dispose();
    }

    private void Run()
    {
        try
        {
            var priority = Priority;
            LinuxCallException.Check(
                LinuxCalls.SetScheduler(0, LinuxCalls.ScheduleFifo, &priority), "sched_setscheduler");
            while (!_stopping)
            {
                TakeNext();
                var busy = Read(_left, _link.Forward) | Read(_right, _link.Backward);
                Deliver(_link.Forward, _right);
                Deliver(_link.Backward, _left);
                if (!busy)
                {
                    Sleep();
                }
            }
        }
#pragma warning disable CA1031 // The thread's last resort: the owner is told by Play and by Fault.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Fault = fault;
        }
    }

    private void TakeNext()
    {
        if (Interlocked.Exchange(ref _next, null) is { } next)
        {
            _link.Dispose();
            _link = next;
            _taken.Set();
        }
    }

    /// <returns>True when more may wait.</returns>
    private bool Read(TunDevice device, LinkDirection direction)
    {
        for (var read = 0; read < PacketsPerTurn; read++)
        {
            var length = device.TryRead(_packet);
            if (length < 0)
            {
                return false;
            }

            direction.HandlePacket(_packet.AsSpan(0, length), _time.GetTimestamp());
        }

        return true;
    }

    private void Deliver(LinkDirection direction, TunDevice device)
    {
        for (var sent = 0; sent < PacketsPerTurn && direction.PollDelivery(_time.GetTimestamp(), out var packet); sent++)
        {
            device.TryWrite(packet);
        }
    }

    private void Sleep()
    {
        var due = Math.Min(_link.Forward.NextDue, _link.Backward.NextDue);
        var nanoseconds = Math.Min(due - _time.GetTimestamp(), LongestSleepNanoseconds);
        if (nanoseconds < ShortestSleepNanoseconds)
        {
            return;
        }

        var entries = stackalloc LinuxCalls.PollEntry[2];
        entries[0] = new LinuxCalls.PollEntry { Descriptor = _left.Descriptor, Wanted = LinuxCalls.PollIn };
        entries[1] = new LinuxCalls.PollEntry { Descriptor = _right.Descriptor, Wanted = LinuxCalls.PollIn };
        var timeout = new LinuxCalls.TimeSpecification { Nanoseconds = (long)nanoseconds };
        if (LinuxCalls.Poll(entries, 2, &timeout, 0) < 0 && Marshal.GetLastPInvokeError() != LinuxCalls.Interrupted)
        {
            LinuxCallException.Check(-1, "ppoll");
        }
    }
}
