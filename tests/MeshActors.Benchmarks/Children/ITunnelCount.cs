namespace MeshActors.Benchmarks.Children;

/// <summary>A side that knows how many tunnels are open.</summary>
internal interface ITunnelCount
{
    int OpenTunnels { get; }
}
