namespace MeshActors.Host.Demo.Agents;

/// <summary>Serves <c>citation-extraction</c>.</summary>
internal sealed class CitationAgent : DemoAgent
{
    public CitationAgent(WorkerKit kit)
        : base(kit)
    {
        Serve(DemoCapabilities.CitationExtraction, request => kit.Citations.Read(request.File, request.Text));
    }
}
