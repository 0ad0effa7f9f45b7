namespace MeshActors.Transport.PortMapping;

/// <summary>What a <see cref="UpnpMapping"/> is at.</summary>
internal enum UpnpStep
{
    /// <summary>The gateway is looked for.</summary>
    Search,

    /// <summary>Its description is read.</summary>
    Describe,

    /// <summary>Its outside address is asked for.</summary>
    Address,

    /// <summary>The mapping is asked for.</summary>
    Add,

    /// <summary>The mapping stands until it is renewed.</summary>
    Rest,

    /// <summary>The mapping is given back.</summary>
    Delete,
}
