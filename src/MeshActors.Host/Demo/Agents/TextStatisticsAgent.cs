namespace MeshActors.Host.Demo.Agents;

/// <summary>Serves <c>text-statistics</c>.</summary>
internal sealed class TextStatisticsAgent : DemoAgent
{
    public TextStatisticsAgent(WorkerKit kit)
        : base(kit)
    {
        Serve(DemoCapabilities.TextStatistics, request => StatisticsReading.Read(request.Text));
    }
}
