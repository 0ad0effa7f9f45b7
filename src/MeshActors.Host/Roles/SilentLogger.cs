using Akka.Event;

namespace MeshActors.Host.Roles;

/// <summary>Stands in for Akka's logger to standard output, which is for results.</summary>
internal sealed class SilentLogger : MinimalLogger
{
    protected override void Log(object message)
    {
    }
}
