using System.Collections.Generic;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Capabilities;
using MeshActors.Transport.Addressing;

namespace MeshActors.Tasks;

/// <summary>The mesh as this node's code uses it: who can do something, and having it done.</summary>
/// <remarks>
/// May be used from any thread. What fails, fails as a <see cref="MeshException"/>; what its cancellation token cancels,
/// as an <see cref="System.OperationCanceledException"/>, after the worker was told.
/// </remarks>
public interface IMesh
{
    /// <summary>This node's permanent address.</summary>
    MeshAddress Address { get; }

    /// <summary>Asks the backbone who offers a capability, best first; none is an answer, not a failure.</summary>
    /// <param name="capability">Kebab-case name, as <c>fx-pricing</c>.</param>
    /// <param name="filter">Version, tags, region and uptime asked for; null for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<CapabilityMatch>> QueryAsync(
        string capability, CapabilityFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>Has one task done and returns its result.</summary>
    /// <param name="capability">Kebab-case name, as <c>fx-pricing</c>.</param>
    /// <param name="request">Written as JSON; at most 16 MiB.</param>
    /// <param name="options">Deadline and more; null for <see cref="TaskOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the task, at the worker too.</param>
    Task<TResult> AskAsync<TRequest, TResult>(
        string capability,
        TRequest request,
        TaskOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Has one task done whose result comes in parts; a slow reader slows the worker.</summary>
    /// <param name="capability">Kebab-case name, as <c>fx-pricing</c>.</param>
    /// <param name="request">Written as JSON; at most 16 MiB.</param>
    /// <param name="options">Deadline and more; null for <see cref="TaskOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the task, at the worker too; leaving the loop does as well.</param>
    IAsyncEnumerable<TPart> StreamAsync<TRequest, TPart>(
        string capability,
        TRequest request,
        TaskOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary><see cref="AskAsync"/> with JSON as it is: held against the capability's schemas at both ends.</summary>
    /// <param name="capability">Kebab-case name, as <c>fx-pricing</c>.</param>
    /// <param name="request">At most 16 MiB.</param>
    /// <param name="options">Deadline and more; null for <see cref="TaskOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the task, at the worker too.</param>
    Task<JsonElement> AskJsonAsync(
        string capability,
        JsonElement request,
        TaskOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary><see cref="StreamAsync"/> with JSON as it is: held against the capability's schemas at both ends.</summary>
    /// <param name="capability">Kebab-case name, as <c>fx-pricing</c>.</param>
    /// <param name="request">At most 16 MiB.</param>
    /// <param name="options">Deadline and more; null for <see cref="TaskOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the task, at the worker too; leaving the loop does as well.</param>
    IAsyncEnumerable<JsonElement> StreamJsonAsync(
        string capability,
        JsonElement request,
        TaskOptions? options = null,
        CancellationToken cancellationToken = default);
}
