using System.Threading.Tasks;
using MeshActors.Agents;

namespace MeshActors.Host.Tests.Roles;

/// <summary>Says what it was told.</summary>
public sealed class EchoAgent : MeshAgent
{
    public EchoAgent()
    {
        Serve<EchoText, EchoText>("echo", "1.0", (request, _) => Task.FromResult(request));
    }
}
