using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;
using MeshActors.Transport.Tests.Remoting;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Supervision;

/// <summary>An association between two nodes of a spec: numbers go in at one end every 20 ms, as Akka's messages would, and are looked at where they come out.</summary>
internal sealed class SpecTalk
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly AssociationHandle _from;
    private readonly Side _here = new();
    private readonly Side _there = new();
    private MonoTime _nextAt;

    public SpecTalk(AssociationHandle from, AssociationHandle to, Address origin)
    {
        _from = from;
        Listen(from, _here);
        Listen(to, _there);
        Assert.True(from.Write(RawTransport.AssociateFrom(origin)));
    }

    /// <summary>Numbers that the association took.</summary>
    public int Said { get; private set; }

    /// <summary>Numbers that came out at the other end, each once and in order.</summary>
    public int Heard => Math.Max(0, _there.Payloads.Count - 1);

    /// <summary>The longest time between two numbers that came out since <see cref="ForgetGaps"/>.</summary>
    public TimeSpan WorstGap { get; private set; }

    /// <summary>Disassociations that Akka has seen: at the end where numbers go in, and at the other.</summary>
    public (int Here, int There) Disassociations => (_here.Disassociations, _there.Disassociations);

    public bool IsPaused { get; set; }

    private MonoTime _heardAt;
    private int _heardBefore;

    public void ForgetGaps(MonoTime now)
    {
        WorstGap = TimeSpan.Zero;
        _heardAt = now;
        _heardBefore = Heard;
    }

    /// <summary>Says the next number when it is due, and looks at those that came.</summary>
    public void Say(MonoTime now)
    {
        if (Heard > _heardBefore)
        {
            for (; _heardBefore < Heard; _heardBefore++)
            {
                Assert.Equal(_heardBefore.ToString(CultureInfo.InvariantCulture), _there.Payloads[_heardBefore + 1].ToStringUtf8());
            }

            WorstGap = now - _heardAt > WorstGap ? now - _heardAt : WorstGap;
            _heardAt = now;
        }

        if (!IsPaused && now >= _nextAt && _from.Write(ByteString.CopyFromUtf8(Said.ToString(CultureInfo.InvariantCulture))))
        {
            Said++;
            _nextAt = now + Interval;
        }
    }

    /// <summary>Sets a listener, in this thread: where a test has a synchronisation context the rest would go to another one, which virtual time does not wait for.</summary>
    private static void Listen(AssociationHandle handle, Side listener)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Assert.Equal(TaskCreationOptions.None, handle.ReadHandlerSource.Task.CreationOptions);
            handle.ReadHandlerSource.SetResult(listener);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private sealed class Side : IHandleEventListener
    {
        public List<ByteString> Payloads { get; } = [];

        public int Disassociations { get; private set; }

        public void Notify(IHandleEvent ev)
        {
            switch (ev)
            {
                case InboundPayload payload:
                    Payloads.Add(payload.Payload);
                    break;
                case Disassociated:
                    Disassociations++;
                    break;
            }
        }
    }
}
