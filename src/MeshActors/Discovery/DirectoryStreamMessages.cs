using System;
using Akka.Actor;
using Akka.Event;

namespace MeshActors.Discovery;

/// <summary>A node has opened a stream to this backbone.</summary>
internal sealed record DirectoryStreamOpened(IDirectoryStream Stream) : INoSerializationVerificationNeeded;

/// <summary>A whole message arrived; release it once it is handled.</summary>
internal sealed record DirectoryMessageArrived(IDirectoryStream Stream, ReadOnlyMemory<byte> Bytes)
    : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>After a refused send: there is room again.</summary>
internal sealed record DirectoryStreamWritable(IDirectoryStream Stream)
    : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>The stream is gone.</summary>
internal sealed record DirectoryStreamEnded(IDirectoryStream Stream)
    : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>Codes a directory stream is reset with.</summary>
internal static class DirectoryStreamCode
{
    /// <summary>What arrived is not a message of this conversation.</summary>
    public const ulong Malformed = 1;

    /// <summary>More was asked or left unread than the bounds allow.</summary>
    public const ulong TooMuch = 2;

    /// <summary>The node has opened another stream, or wants this one no more.</summary>
    public const ulong Superseded = 3;
}
