using System;

namespace MeshActors.Transport.Identity;

/// <summary>What a node does, as its certificate says; bits without a name are kept as they are.</summary>
[Flags]
internal enum NodeRoles : byte
{
    /// <summary>Nothing but dialling others.</summary>
    None = 0,

    /// <summary>Hosts agents.</summary>
    Agent = 1,

    /// <summary>Is a replica of the directory.</summary>
    Backbone = 2,

    /// <summary>Forwards sealed packets.</summary>
    Relay = 4,

    /// <summary>Is the central coordinator of a small fleet.</summary>
    Hub = 8,
}
