using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Capabilities;
using MeshActors.Tasks;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Agents;

/// <summary>An actor that others find by what it can do: its constructor declares the capabilities it serves.</summary>
/// <remarks>
/// It works on one task at a time, as an actor does: handlers may use its fields freely, also after an <c>await</c>. A
/// handler that throws fails its task as <see cref="MeshErrorCode.AgentFailed"/> with the exception's message, and the
/// agent is restarted; tasks that wait for it go on. A handler of a cancelled task ends with
/// <see cref="OperationCanceledException"/>, and that is no failure.
/// </remarks>
public abstract class MeshAgent : UntypedActor
{
    private readonly CapabilityTable _table = new();

    /// <summary>Declares a capability; its schemas are made from the types.</summary>
    /// <param name="capability">Kebab-case name, as <c>fx-pricing</c>.</param>
    /// <param name="version">As <c>1.2</c>.</param>
    /// <param name="handler">Called for each task.</param>
    /// <param name="tags">Domains the capability belongs to.</param>
    protected void Serve<TRequest, TResult>(
        string capability, string version, Func<TRequest, TResult> handler, params string[] tags) =>
        Serve<TRequest, TResult>(capability, version, (request, _) => handler(request), tags);

    /// <inheritdoc cref="Serve{TRequest, TResult}(string, string, Func{TRequest, TResult}, string[])"/>
    protected void Serve<TRequest, TResult>(
        string capability, string version, Func<TRequest, TaskContext, TResult> handler, params string[] tags) =>
        Serve(Describe<TRequest, TResult>(capability, version, tags), handler);

    /// <inheritdoc cref="Serve{TRequest, TResult}(string, string, Func{TRequest, TResult}, string[])"/>
    protected void Serve<TRequest, TResult>(
        string capability, string version, Func<TRequest, TaskContext, Task<TResult>> handler, params string[] tags) =>
        Serve(Describe<TRequest, TResult>(capability, version, tags), handler);

    /// <inheritdoc cref="Serve{TRequest, TResult}(string, string, Func{TRequest, TResult}, string[])"/>
    protected void Serve<TRequest, TPart>(
        string capability,
        string version,
        Func<TRequest, TaskContext, IAsyncEnumerable<TPart>> handler,
        params string[] tags) =>
        Serve(Describe<TRequest, TPart>(capability, version, tags), handler);

    /// <summary>Declares a capability whose description is given; payloads must fit its schemas and the types.</summary>
    /// <param name="descriptor">What the directory is told.</param>
    /// <param name="handler">Called for each task.</param>
    protected void Serve<TRequest, TResult>(
        CapabilityDescriptor descriptor, Func<TRequest, TaskContext, TResult> handler) =>
        _table.Add(descriptor, handler);

    /// <inheritdoc cref="Serve{TRequest, TResult}(CapabilityDescriptor, Func{TRequest, TaskContext, TResult})"/>
    protected void Serve<TRequest, TResult>(
        CapabilityDescriptor descriptor, Func<TRequest, TaskContext, Task<TResult>> handler) =>
        _table.Add(descriptor, handler);

    /// <inheritdoc cref="Serve{TRequest, TResult}(CapabilityDescriptor, Func{TRequest, TaskContext, TResult})"/>
    protected void Serve<TRequest, TPart>(
        CapabilityDescriptor descriptor, Func<TRequest, TaskContext, IAsyncEnumerable<TPart>> handler) =>
        _table.Add(descriptor, handler);

    /// <summary>Declares a capability that takes and gives JSON as it is, held against the description's schemas.</summary>
    /// <param name="descriptor">What the directory is told.</param>
    /// <param name="handler">Called for each task.</param>
    protected void ServeJson(
        CapabilityDescriptor descriptor, Func<JsonElement, TaskContext, Task<JsonElement>> handler) =>
        _table.AddRaw(descriptor, handler);

    /// <inheritdoc cref="ServeJson(CapabilityDescriptor, Func{JsonElement, TaskContext, Task{JsonElement}})"/>
    protected void ServeJson(
        CapabilityDescriptor descriptor, Func<JsonElement, TaskContext, IAsyncEnumerable<JsonElement>> handler) =>
        _table.AddRaw(descriptor, handler);

    /// <summary>Takes messages that are not tasks; by default they are unhandled.</summary>
    /// <param name="message">What arrived.</param>
    protected virtual void OnMessage(object message) => Unhandled(message);

    /// <summary>Tells the mesh what this agent serves; an override calls it first.</summary>
    protected override void PreStart() => Context.Parent.Tell(new AgentsActor.AgentDeclared(Self, _table.Served));

    /// <inheritdoc/>
    protected sealed override void OnReceive(object message)
    {
        if (message is TaskAssignment assignment)
        {
            Begin(assignment);
        }
        else
        {
            OnMessage(message);
        }
    }

    private static CapabilityDescriptor Describe<TRequest, TResult>(string capability, string version, string[] tags) =>
        new(
            capability,
            CapabilityVersion.Parse(version),
            SchemaExport.Export(typeof(TRequest)),
            SchemaExport.Export(typeof(TResult)),
            tags);

    private void Begin(TaskAssignment assignment)
    {
        if (assignment.Context.CancellationToken.IsCancellationRequested
            || _table.Find(assignment.Served.Name, assignment.Served.Version) is not { } served)
        {
            assignment.Run.Tell(TaskRunActor.NotBegun.Instance);
            return;
        }

        if (served.Shape == HandlerShape.Value)
        {
            // Completed when it returns: no scheduler, no suspended mailbox.
            Invariant.Require(WorkAsync(served, assignment).IsCompletedSuccessfully);
            assignment.Failure?.Throw();
            return;
        }

        RunTask(async () =>
        {
            await WorkAsync(served, assignment);
            assignment.Failure?.Throw();
        });
    }

    /// <summary>Calls the handler; how it ended is told to the actor that runs the task.</summary>
    private async Task WorkAsync(ServedCapability served, TaskAssignment assignment)
    {
        var outer = Activity.Current;
        Activity.Current = assignment.Activity ?? outer;
        try
        {
            assignment.Journal?.TaskStarting(assignment.Context.TaskId, Self.Path.Name, served.Descriptor.Name);
            assignment.Run.Tell(TaskRunActor.Begun.Instance);
            await served.Handle(assignment.Request, assignment.Context, assignment.Output);
        }
        catch (OperationCanceledException) when (assignment.Context.CancellationToken.IsCancellationRequested)
        {
            assignment.Run.Tell(TaskRunActor.GaveUp.Instance);
        }
        catch (Exception e)
        {
            assignment.Run.Tell(new TaskRunActor.Threw(e.Message));
            assignment.Failure = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            Activity.Current = outer;
        }
    }
}
