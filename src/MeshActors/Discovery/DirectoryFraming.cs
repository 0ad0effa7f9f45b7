using System;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using MeshActors.Wire;

namespace MeshActors.Discovery;

/// <summary>Messages of a directory stream off the network: unknown fields are dropped, garbage is false.</summary>
internal static class DirectoryFraming
{
    private static readonly MessageParser<DirectoryRequest> Requests =
        DirectoryRequest.Parser.WithDiscardUnknownFields(true);

    private static readonly MessageParser<DirectoryReply> Replies =
        DirectoryReply.Parser.WithDiscardUnknownFields(true);

    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out DirectoryRequest? request) =>
        TryRead(Requests, bytes, out request) && request.Id != 0;

    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out DirectoryReply? reply) =>
        TryRead(Replies, bytes, out reply);

    private static bool TryRead<T>(MessageParser<T> parser, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out T? message)
        where T : class, IMessage<T>
    {
        try
        {
            message = parser.ParseFrom(bytes.Span);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            message = null;
            return false;
        }
    }
}
