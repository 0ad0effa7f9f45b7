namespace MeshActors.Host.Configuration;

/// <summary>What a node may do, as the configuration names it.</summary>
internal enum NodeRole
{
    /// <summary>Hosts agents and sends tasks.</summary>
    Agent,

    /// <summary>Answers who can do what.</summary>
    Backbone,

    /// <summary>Forwards packets for nodes that cannot reach each other directly.</summary>
    Relay,

    /// <summary>Coordinates a small fleet; not supported in this version.</summary>
    Hub,
}
