namespace MeshActors.LinkLab.Flows;

/// <summary>What carries a flow's bytes.</summary>
internal enum FlowKind
{
    /// <summary>One stream of one tunnel of this project.</summary>
    Mesh,

    /// <summary>The kernel's TCP with CUBIC (RFC 9438).</summary>
    Cubic,

    /// <summary>The kernel's TCP with BBR.</summary>
    Bbr,
}
