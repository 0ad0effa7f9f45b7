using System;
using System.Linq;
using Akka.Actor;
using Akka.Cluster;

namespace MeshActors.RegionLab.Nodes;

/// <summary>Tells the node's view of the cluster whenever it changes.</summary>
internal sealed class MembersActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private string _last = string.Empty;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props() => Akka.Actor.Props.Create(() => new MembersActor());

    /// <summary>Address and incarnation.</summary>
    public static string Write(UniqueAddress address) => $"{address.Address}#{address.Uid}";

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Look), nameof(Look), TimeSpan.Zero, Look);

    protected override void OnReceive(object message)
    {
        var state = _cluster.State;
        string[] members =
        [
            .. state.Members.Select(member => Write(member.UniqueAddress)
                + (member.Status == MemberStatus.Up ? string.Empty : $" {member.Status}")
                + (state.Unreachable.Contains(member) ? " unreachable" : string.Empty)),
        ];
        var text = string.Join(", ", members);
        if (text != _last)
        {
            _last = text;
            NodeOutput.Tell(new NodeEvent(NodeEvent.Cluster, NodeOutput.Now) { Members = members });
        }
    }
}
