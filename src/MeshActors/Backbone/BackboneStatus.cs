namespace MeshActors.Backbone;

/// <summary>Asks <see cref="BackboneActor"/> for its <see cref="BackboneStatus"/>.</summary>
internal sealed record BackboneStatusRequested
{
    public static readonly BackboneStatusRequested Instance = new();
}

/// <summary>How full the directory is.</summary>
/// <param name="Records">Records under a lease.</param>
/// <param name="Nodes">Nodes with an open stream.</param>
internal sealed record BackboneStatus(int Records, int Nodes);
