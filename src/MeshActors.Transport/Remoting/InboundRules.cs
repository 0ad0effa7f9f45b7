using Akka.Event;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>What holds for all that comes in by the associations of a node.</summary>
/// <param name="Guard">Says which payloads may pass to Akka; null for all.</param>
/// <param name="Waiting">Bounds what waits for its turn.</param>
/// <param name="Clock">Of deadlines.</param>
/// <param name="Log">For warnings.</param>
internal sealed record InboundRules(InboundGuard? Guard, WaitingBudget<InboundLanes> Waiting, Clock Clock, ILoggingAdapter Log);
