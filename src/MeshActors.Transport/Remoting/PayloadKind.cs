namespace MeshActors.Transport.Remoting;

/// <summary>What a payload of Akka.Remote is.</summary>
internal enum PayloadKind
{
    /// <summary>Nothing that is understood.</summary>
    Unknown,

    /// <summary>ASSOCIATE or DISASSOCIATE: the first and the last of an association.</summary>
    Instruction,

    /// <summary>The protocol's own sign of life.</summary>
    Heartbeat,

    /// <summary>An acknowledgement of system messages, and nothing else.</summary>
    Acknowledgement,

    /// <summary>A message of a system message's sequence: watching, ends, supervision.</summary>
    System,

    /// <summary>Any other message for an actor.</summary>
    User,
}
