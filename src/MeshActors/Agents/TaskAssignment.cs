using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Akka.Actor;
using MeshActors.Capabilities;
using MeshActors.Tasks;

namespace MeshActors.Agents;

/// <summary>A task on its way to the agent that shall do it; never leaves the process.</summary>
internal sealed class TaskAssignment : INoSerializationVerificationNeeded
{
    public TaskAssignment(
        CapabilityDescriptor served,
        object? request,
        TaskContext context,
        TaskOutput output,
        IActorRef run,
        ITaskJournal? journal,
        Activity? activity)
    {
        Served = served;
        Request = request;
        Context = context;
        Output = output;
        Run = run;
        Journal = journal;
        Activity = activity;
    }

    public CapabilityDescriptor Served { get; }

    /// <summary>What the payload said, checked.</summary>
    public object? Request { get; }

    public TaskContext Context { get; }

    public TaskOutput Output { get; }

    /// <summary>The actor that runs the task.</summary>
    public IActorRef Run { get; }

    public ITaskJournal? Journal { get; }

    /// <summary>The worker's span, so that what the handler traces is below it.</summary>
    public Activity? Activity { get; }

    /// <summary>What the handler threw: set on the agent's thread, for its supervisor.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }
}
