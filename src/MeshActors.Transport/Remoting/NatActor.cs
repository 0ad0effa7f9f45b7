using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;

namespace MeshActors.Transport.Remoting;

/// <summary>Tells what becomes known of the NATs before this node: how they behave, which ports gateways map, where relays see it.</summary>
/// <remarks>What is worth a word is decided by <see cref="NatNews"/>, which outlives a restart.</remarks>
internal sealed class NatActor : UntypedActor
{
    private readonly NatNews _news;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public NatActor(NatNews news)
    {
        _news = news;
    }

    public static Props Props() => Props(new NatNews());

    private static Props Props(NatNews news) => Akka.Actor.Props.Create(() => new NatActor(news));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PlaceChanged changed:
                _news.Handle(changed.Candidates);
                Tell();
                break;
            case DescribeNat:
                Sender.Tell(new NatDescribed(_news.Behaviour, _news.Mapped, _news.Seen));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Tell()
    {
        while (_news.Poll() is { } kind)
        {
            switch (kind)
            {
                case NatNewsKind.Behaviour when _news.Behaviour is { } behaviour:
                    TellBehaviour(behaviour);
                    break;
                case NatNewsKind.Mapped:
                    _log.Info("a gateway maps a port to this node: peers can reach it directly");
                    _log.Debug("mapped: {0}", string.Join(", ", _news.Mapped));
                    break;
                case NatNewsKind.MappingLost:
                    _log.Info("no gateway maps a port to this node any more");
                    break;
                default:
                    _log.Debug("relays see this node at {0}", string.Join(", ", _news.Seen));
                    break;
            }
        }
    }

    private void TellBehaviour(NatBehaviour behaviour)
    {
        if (behaviour.Flags.HasFlag(NatFlags.UdpBlocked))
        {
            _log.Warning("UDP does not come through to this node: it reaches nobody directly");
        }
        else if (behaviour.Flags.HasFlag(NatFlags.NotTranslated))
        {
            _log.Info("no NAT is before this node");
        }
        else
        {
            _log.Info(
                "NAT before this node: mapping {0}, filtering {1}, ports {2}",
                behaviour.Mapping,
                behaviour.Filtering,
                behaviour.Ports.Pattern);
        }
    }
}
