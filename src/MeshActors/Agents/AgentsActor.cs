using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Akka.Actor;
using Akka.Event;
using MeshActors.Capabilities;

namespace MeshActors.Agents;

/// <summary>Supervises the node's agents, one child each, and says what they serve.</summary>
/// <remarks>
/// An agent that throws is restarted at once and goes on with what waits in its mailbox; one that cannot be made is
/// stopped. What happens to one never touches another. The directory hears of every change.
/// </remarks>
internal sealed class AgentsActor : UntypedActor
{
    /// <summary>Agents of one node.</summary>
    public const int MaxAgents = 256;

    private readonly OwnCapabilities _own;
    private readonly Action<ImmutableArray<CapabilityDescriptor>> _publish;
    private readonly SchemaValidator _schemas;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly SortedDictionary<string, ImmutableArray<ServedAgent>> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ImmutableArray<string> Tags, IActorRef Asker)> _starting =
        new(StringComparer.Ordinal);

    private readonly Dictionary<string, ImmutableArray<string>> _tags = new(StringComparer.Ordinal);
    private ImmutableArray<CapabilityDescriptor> _published = [];

    public AgentsActor(
        OwnCapabilities own, SchemaValidator schemas, Action<ImmutableArray<CapabilityDescriptor>> publish)
    {
        _own = own;
        _schemas = schemas;
        _publish = publish;
    }

    /// <param name="own">Where the node's task plane reads what is served.</param>
    /// <param name="schemas">Refuses schemas that cannot be enforced.</param>
    /// <param name="publish">Is told what the node serves whenever that changes.</param>
    public static Props Props(
        OwnCapabilities own, SchemaValidator schemas, Action<ImmutableArray<CapabilityDescriptor>> publish) =>
        Akka.Actor.Props.Create(() => new AgentsActor(own, schemas, publish));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
        failure is ActorInitializationException ? Directive.Stop : Directive.Restart);

    protected override void PostStop() => _own.Replace([]);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AddAgent add:
                Add(add);
                break;
            case RemoveAgent remove:
                Remove(remove.Name);
                break;
            case AgentDeclared declared:
                Declare(declared);
                break;
            case Terminated terminated:
                Forget(terminated.ActorRef.Path.Name);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Add(AddAgent add)
    {
        if (!KebabCase.IsValid(add.Name))
        {
            Fail(add, "an agent's name is kebab-case, as in fx-desk");
        }
        else if (!Context.Child(add.Name).IsNobody())
        {
            Fail(add, "the node has an agent of that name");
        }
        else if (_tags.Count == MaxAgents)
        {
            Fail(add, $"a node has at most {MaxAgents} agents");
        }
        else
        {
            _tags[add.Name] = add.Tags;
            _starting[add.Name] = (add.Tags, Sender);
            Context.Watch(Context.ActorOf(add.Props, add.Name));
        }
    }

    private void Fail(AddAgent add, string reason) =>
        Sender.Tell(new Status.Failure(new ArgumentException($"Agent '{add.Name}': {reason}.")));

    private void Remove(string name)
    {
        var child = Context.Child(name);
        Retract(name);
        Context.Stop(child);
        Sender.Tell(new AgentRemoved(name));
    }

    /// <summary>Also after each restart, with the handlers of the agent's further incarnation.</summary>
    private void Declare(AgentDeclared declared)
    {
        var name = declared.Agent.Path.Name;
        if (!_tags.TryGetValue(name, out var tags) || !declared.Agent.Equals(Context.Child(name)))
        {
            return;
        }

        if (FindProblem(name, declared.Served) is { } problem)
        {
            _log.Error("Agent {0} is stopped: {1}", name, problem);
            Answer(name, new Status.Failure(new ArgumentException($"Agent '{name}': {problem}.")));
            Context.Stop(declared.Agent);
            return;
        }

        _agents[name] = [.. declared.Served.Select(served => new ServedAgent(name, declared.Agent, WithTags(served, tags)))];
        Publish();
        Answer(name, new AgentAdded(name, declared.Agent));
    }

    private string? FindProblem(string name, IReadOnlyList<ServedCapability> served)
    {
        foreach (var capability in served)
        {
            var descriptor = capability.Descriptor;
            foreach (var schema in (string?[])[descriptor.RequestSchema, descriptor.ResultSchema])
            {
                if (schema is not null && _schemas.CheckSchema(schema) is { } violation)
                {
                    return $"a schema of {descriptor} cannot be enforced: {violation}";
                }
            }
        }

        var others = _agents.Where(agent => agent.Key != name).SelectMany(agent => agent.Value);
        var all = others.Select(agent => agent.Served.Descriptor).Concat(served.Select(each => each.Descriptor));
        return all.Select(descriptor => (descriptor.Name, descriptor.Version)).Distinct().Count()
            > CapabilityTable.MaxCapabilities
            ? $"a node serves at most {CapabilityTable.MaxCapabilities} capabilities"
            : null;
    }

    private static ServedCapability WithTags(ServedCapability served, ImmutableArray<string> tags)
    {
        var d = served.Descriptor;
        return tags.IsEmpty
            ? served
            : served with
            {
                Descriptor = new CapabilityDescriptor(
                    d.Name, d.Version, d.RequestSchema, d.ResultSchema, d.Tags.Concat(tags), d.Metadata),
            };
    }

    private void Forget(string name)
    {
        Retract(name);
        _tags.Remove(name);
        Answer(name, new Status.Failure(new InvalidOperationException(
            $"Agent '{name}' could not be made; the log says why.")));
    }

    private void Retract(string name)
    {
        if (_agents.Remove(name))
        {
            Publish();
        }
    }

    /// <summary>Several agents may serve the same capability; the directory is told once.</summary>
    private void Publish()
    {
        _own.Replace([.. _agents.Values.SelectMany(agents => agents)]);
        ImmutableArray<CapabilityDescriptor> served =
        [
            .. _own.Agents
                .Select(agent => agent.Served.Descriptor)
                .DistinctBy(descriptor => (descriptor.Name, descriptor.Version)),
        ];
        if (!served.SequenceEqual(_published))
        {
            _published = served;
            _publish(served);
        }
    }

    private void Answer(string name, object answer)
    {
        if (_starting.Remove(name, out var starting))
        {
            starting.Asker.Tell(answer);
        }
    }

    /// <summary>Starts an agent; answered by <see cref="AgentAdded"/> once it has declared what it serves, or a failure.</summary>
    /// <param name="Name">Its name below <c>/user/mesh/agents</c>, kebab-case.</param>
    /// <param name="Props">Makes a <see cref="MeshAgent"/>.</param>
    /// <param name="Tags">Domains added to every capability it serves.</param>
    internal sealed record AddAgent(string Name, Props Props, ImmutableArray<string> Tags)
        : INoSerializationVerificationNeeded;

    internal sealed record AgentAdded(string Name, IActorRef Agent);

    /// <summary>Stops an agent; the task it works on fails, those that wait go to other nodes. Answered by <see cref="AgentRemoved"/>.</summary>
    internal sealed record RemoveAgent(string Name);

    internal sealed record AgentRemoved(string Name);

    /// <summary>An agent, at its start and after each restart: this is what I serve.</summary>
    internal sealed record AgentDeclared(IActorRef Agent, IReadOnlyList<ServedCapability> Served)
        : INoSerializationVerificationNeeded;
}
