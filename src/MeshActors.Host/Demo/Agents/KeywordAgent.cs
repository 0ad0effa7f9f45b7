namespace MeshActors.Host.Demo.Agents;

/// <summary>Serves <c>keyword-extraction</c>.</summary>
internal sealed class KeywordAgent : DemoAgent
{
    public KeywordAgent(WorkerKit kit)
        : base(kit)
    {
        Serve(DemoCapabilities.KeywordExtraction, request => kit.Keywords.Read(request.Text));
    }
}
