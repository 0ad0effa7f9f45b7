using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Capabilities;
using MeshActors.Tasks;
using MeshActors.Transport.Addressing;

namespace MeshActors.Host.Tests.Api;

/// <summary>The twin of the mesh behind the API: echoes, counts down, waits for ever, or fails as its code says.</summary>
internal sealed class ScriptedMesh : IMesh
{
    public MeshAddress Address => MeshAddress.Parse("0:A91F.0000.7C2E");

    /// <summary>Options of the last task.</summary>
    public TaskOptions? Options { get; private set; }

    /// <summary>Filter of the last query.</summary>
    public CapabilityFilter? Filter { get; private set; }

    /// <summary>Set when a task that waits for ever was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new();

    public TaskCompletionSource Waiting { get; } = new();

    public Task<IReadOnlyList<CapabilityMatch>> QueryAsync(
        string capability, CapabilityFilter? filter = null, CancellationToken cancellationToken = default)
    {
        Filter = filter;
        return Task.FromResult<IReadOnlyList<CapabilityMatch>>(
            [new(Address, new CapabilityDescriptor(capability, new CapabilityVersion(1, 2)), "eu-west", 0.995, null)]);
    }

    public Task<TResult> AskAsync<TRequest, TResult>(
        string capability, TRequest request, TaskOptions? options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<TPart> StreamAsync<TRequest, TPart>(
        string capability, TRequest request, TaskOptions? options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public async Task<JsonElement> AskJsonAsync(
        string capability, JsonElement request, TaskOptions? options = null, CancellationToken cancellationToken = default)
    {
        Options = options;
        switch (capability)
        {
            case "echo":
                return request;
            case "wait":
                await WaitAsync(cancellationToken);
                return request;
            default:
                throw new MeshException(
                    Enum.GetValues<MeshErrorCode>().First(code => code.ToName() == capability), "It failed.", "Do something.");
        }
    }

    public async IAsyncEnumerable<JsonElement> StreamJsonAsync(
        string capability,
        JsonElement request,
        TaskOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = request.GetInt32(); i > 0; i--)
        {
            yield return JsonSerializer.SerializeToElement(i);
        }

        await AskJsonAsync(capability, request, options, cancellationToken);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var never = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(() =>
        {
            Cancelled.TrySetResult();
            never.TrySetCanceled(cancellationToken);
        });
        Waiting.TrySetResult();
        await never.Task;
    }
}
