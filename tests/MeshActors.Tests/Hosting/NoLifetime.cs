using System.Threading;
using Microsoft.Extensions.Hosting;

namespace MeshActors.Tests.Hosting;

/// <summary>The lifetime of an application that is not there.</summary>
internal sealed class NoLifetime : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication()
    {
    }
}
