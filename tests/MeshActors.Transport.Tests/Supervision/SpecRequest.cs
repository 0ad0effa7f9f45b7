using System;
using System.Collections.Generic;
using System.Text;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tests.Supervision;

/// <summary>One end of a stream of a spec: notes what comes and when, and, where it serves, answers each message.</summary>
internal sealed class SpecRequest : IStreamHandler
{
    private readonly Clock _clock;
    private readonly bool _serves;

    public SpecRequest(Clock clock, bool serves)
    {
        _clock = clock;
        _serves = serves;
    }

    public List<(MonoTime At, string Text, bool CameEarly)> Heard { get; } = [];

    /// <summary>How the stream ended; null while it has not.</summary>
    public StreamEnd? End { get; private set; }

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        Heard.Add((_clock.Now, Encoding.UTF8.GetString(message.Span), stream.CameEarly));
        stream.Release(message.Length);
        if (_serves)
        {
            stream.TrySend(Encoding.UTF8.GetBytes("answer"));
        }
    }

    public void OnWritable(MeshStream stream)
    {
    }

    public void OnFinished(MeshStream stream)
    {
    }

    public void OnEnded(MeshStream stream, StreamEnd end) => End = end;
}
