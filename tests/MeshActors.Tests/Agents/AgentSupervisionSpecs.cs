using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Agents;
using MeshActors.Capabilities;
using MeshActors.Tasks;
using MeshActors.Tests.Tasks;
using Xunit;

namespace MeshActors.Tests.Agents;

/// <summary>How agents come, go and fail below <c>/user/mesh/agents</c>.</summary>
public sealed class AgentSupervisionSpecs : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly OwnCapabilities _own = new(region: string.Empty);
    private readonly ConcurrentQueue<ImmutableArray<CapabilityDescriptor>> _published = new();

    [Fact]
    public async Task What_agents_serve_is_published_when_they_come_and_when_they_go()
    {
        var agents = StartAgents();

        await AddAsync(agents, "desk", Props.Create<FxAgent>(), "finance");
        await AddAsync(agents, "raw-desk", Props.Create<RawAgent>());
        await agents.Ask<AgentsActor.AgentRemoved>(new AgentsActor.RemoveAgent("desk"), Soon);

        Assert.Equal(
            ["fx-pricing 1.2", "fx-pricing 1.2, raw-length 1.0", "raw-length 1.0"],
            _published.Select(served => string.Join(", ", served)));
        Assert.Equal("finance", Assert.Single(_published.First()[0].Tags));
        Assert.NotNull(_published.First()[0].RequestSchema);
    }

    [Fact]
    public async Task Two_agents_may_serve_the_same_and_the_directory_is_told_once()
    {
        var agents = StartAgents();

        await AddAsync(agents, "desk-1", Props.Create<FxAgent>());
        await AddAsync(agents, "desk-2", Props.Create<FxAgent>());

        Assert.Equal(2, _own.Agents.Length);
        Assert.Single(Assert.Single(_published));
    }

    [Fact]
    public async Task A_restart_changes_nothing_in_the_directory()
    {
        var agents = StartAgents();
        var agent = await AddAsync(agents, "desk", Props.Create<FailingAgent>());

        agent.Tell("fail");

        Assert.Equal("again", await agent.Ask<string>("echo again", Soon));
        Assert.Single(_published);
    }

    [Fact]
    public async Task An_agent_that_cannot_be_made_is_an_error_and_harms_no_other()
    {
        var agents = StartAgents();
        await AddAsync(agents, "desk", Props.Create<FxAgent>());

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => AddAsync(agents, "bad", Props.Create<UnmadeAgent>()));

        Assert.Contains("'bad' could not be made", failure.Message, StringComparison.Ordinal);
        Assert.Single(_own.Agents);
    }

    [Theory]
    [InlineData("Desk One", "kebab-case")]
    [InlineData("desk", "has an agent of that name")]
    public async Task A_name_that_is_none_or_taken_is_an_error(string name, string reason)
    {
        var agents = StartAgents();
        await AddAsync(agents, "desk", Props.Create<FxAgent>());

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => AddAsync(agents, name, Props.Create<FxAgent>()));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_is_removed_lets_its_waiting_tasks_go_elsewhere_and_its_running_one_fail()
    {
        var mesh = new SpecMesh(Sys);
        var caller = mesh.Start(1);
        var worker = mesh.Start(2);
        var (leaving, staying) = (new Gate(), new Gate());
        staying.Open.SetResult();
        await worker.AddAsync<GatedAgent>("desk", leaving);
        var running = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 1));
        await leaving.Entered.Task.WaitAsync(Soon);
        var waiting = caller.Mesh.AskAsync<Quote, Price>("gated", new Quote("EURUSD", 2));
        await AwaitConditionAsync(() => Task.FromResult(mesh.Streams.Count == 2), Soon);
        await mesh.Start(3).AddAsync<GatedAgent>("desk", staying);

        await worker.Agents.Ask<AgentsActor.AgentRemoved>(new AgentsActor.RemoveAgent("desk"), Soon);
        leaving.Open.SetResult();

        Assert.Equal(2, (await waiting).Total);
        var outcome = await Record.ExceptionAsync(() => running);
        Assert.True(outcome is null or MeshException { Code: MeshErrorCode.OutcomeUnknown }, $"{outcome}");
    }

    private IActorRef StartAgents() => Sys.ActorOf(
        AgentsActor.Props(_own, new SchemaValidator(), _published.Enqueue), "agents");

    private static async Task<IActorRef> AddAsync(IActorRef agents, string name, Props props, params string[] tags)
    {
        var added = await agents.Ask<AgentsActor.AgentAdded>(new AgentsActor.AddAgent(name, props, [.. tags]), Soon);
        return added.Agent;
    }

    private sealed class FailingAgent : MeshAgent
    {
        public FailingAgent() => Serve<Quote, Price>("failing", "1.0", quote => new Price(quote.Amount, 0));

        protected override void OnMessage(object message)
        {
            if (message is "fail")
            {
                throw new InvalidOperationException("as asked");
            }

            Sender.Tell(((string)message)["echo ".Length..]);
        }
    }

    private sealed class UnmadeAgent : MeshAgent
    {
        public UnmadeAgent() => throw new InvalidOperationException("cannot be made");
    }
}
