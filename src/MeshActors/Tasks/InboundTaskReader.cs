using System;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using MeshActors.Transport.Addressing;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>Puts the two messages that ask for a task together: the header, and the payload after it.</summary>
internal sealed class InboundTaskReader
{
    private readonly MeshAddress _caller;
    private InboundTask? _task;

    public InboundTaskReader(MeshAddress caller)
    {
        _caller = caller;
    }

    /// <summary>Reads a stream's first message.</summary>
    /// <returns>Null when it is no header.</returns>
    public static StreamHeader? ReadHeader(ReadOnlyMemory<byte> message)
    {
        if (message.Length > InboundTask.MaxHeaderLength)
        {
            return null;
        }

        try
        {
            return StreamHeader.Parser.ParseFrom(message.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>Takes the header.</summary>
    /// <returns>False when it asks for no task, or a field is missing or out of its bounds.</returns>
    public bool HandleHeader(StreamHeader? header) =>
        _task is null && header is not null && InboundTask.TryRead(header, _caller, out _task);

    /// <summary>Takes the message after the header.</summary>
    /// <returns>False when a payload was there already.</returns>
    public bool HandlePayload([NotNullWhen(true)] out InboundTask? task)
    {
        task = _task;
        _task = null;
        return task is not null;
    }
}
