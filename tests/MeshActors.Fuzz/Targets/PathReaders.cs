using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>Candidates as they are read, and the machine that decides about paths, whatever comes in which order.</summary>
internal static class PathReaders
{
    /// <summary>The content of a CANDIDATES frame.</summary>
    public static readonly FuzzTarget Candidates = new("candidates", ReadCandidates, CandidateSeeds);

    /// <summary>Two bytes a step: what happens, and to which endpoint or after which time.</summary>
    public static readonly FuzzTarget Agent = new("path-agent", Play, AgentSeeds);

    /// <summary>Challenges that one poll may hand out: every path has a bounded round.</summary>
    private const int MostAtOnce = PeerPaths.Most * (PeerPath.RoundChallenges + 1);

    private static IEnumerable<byte[]> CandidateSeeds()
    {
        var content = new byte[CandidatesFrame.MostBytes];
        yield return content[..CandidatesFrame.Write(content, 0, 0, [])];
        yield return content[..CandidatesFrame.Write(
            content, 300, 2, [(CandidateKind.Host, At(1)), (CandidateKind.Relay, RelayName.Of(MeshAddress.Parse("7:A91F.0000.7C2E")))])];
        yield return content[..CandidatesFrame.Write(content, 1, 0, [(CandidateKind.Host, At(1))], [3, 0, 3, 0, 0, 0, 8, 0, 9, 0])];
    }

    private static IEnumerable<byte[]> AgentSeeds()
    {
        yield return [0, 1, 0, 2, 5, 10, 2, 0, 5, 50, 2, 0, 4, 0, 5, 255, 1, 3, 3, 3];
        yield return [1, 9, 2, 0, 6, 9, 3, 9, 4, 0, 5, 200, 7, 0, 5, 255];
    }

    private static void ReadCandidates(ReadOnlySpan<byte> input)
    {
        if (!CandidatesFrame.TryRead(input, out var frame))
        {
            return;
        }

        var read = new List<(CandidateKind Kind, UdpEndpoint Endpoint)>();
        while (frame.TryNext(out var kind, out var endpoint))
        {
            read.Add((kind, endpoint));
        }

        Finding.Unless(read.Count <= CandidatesFrame.MaxCandidates, "candidates have a bound");
        var written = new byte[CandidatesFrame.MostBytes];
        var length = CandidatesFrame.Write(written, frame.Sequence, frame.Seen, read.ToArray(), frame.Behaviour);
        Finding.Unless(CandidatesFrame.TryRead(written.AsSpan(0, length), out var again), "what was read can be written");
        Finding.Unless(again.Behaviour.SequenceEqual(frame.Behaviour), "behaviour comes out as it went in");
        _ = NatBehaviour.TryRead(frame.Behaviour, out _);
        foreach (var expected in read)
        {
            Finding.Unless(again.TryNext(out var kind, out var endpoint) && (kind, endpoint) == expected, "candidates come out as they went in");
        }
    }

    private static void Play(ReadOnlySpan<byte> input)
    {
        var now = new MonoTime(0);
        var agent = new PathAgent(At(0), TimeSpan.FromSeconds(30), new SimRandom(1), now);
        var sent = new List<(UdpEndpoint To, ulong Token)>();
        for (var step = 0; step + 1 < input.Length; step += 2)
        {
            var value = input[step + 1];
            switch (input[step] % 8)
            {
                case 0:
                    agent.Offer([At(value)], now);
                    break;
                case 1:
                    agent.HandleChallenge(At(value), value, now);
                    break;
                case 2 when sent.Count > 0:
                    agent.HandleAnswer(sent[value % sent.Count].Token, TimeSpan.FromMilliseconds(value), now);
                    break;
                case 3:
                    agent.HandleHeard(At(value), (PacketFreshness)(value % 3), mayAnswer: (value & 2) == 0, TimeSpan.FromMilliseconds(100), now);
                    break;
                case 4:
                    agent.Doubt(TimeSpan.FromMilliseconds(value), now);
                    break;
                case 5:
                    now += TimeSpan.FromMilliseconds(value * 4);
                    agent.HandleTimeout(now);
                    break;
                case 6:
                    agent.HandleHandshake(At(value), now);
                    break;
                case 7:
                    agent.HandleReopened(At(value), now);
                    break;
            }

            Poll(agent, sent, now);
            Finding.Unless(agent.Paths.Count is >= 1 and <= PeerPaths.Most, "paths have a bound");
            Finding.Unless(agent.Paths.Find(agent.Active.Endpoint) == agent.Active, "the path in use is one of the paths");
            Finding.Unless(agent.Active.WasValid, "a path in use has been answered on");
            Finding.Unless(agent.NextTimeout is not { } next || next > now, "what is due is done when it was polled");
        }
    }

    private static void Poll(PathAgent agent, List<(UdpEndpoint To, ulong Token)> sent, MonoTime now)
    {
        agent.HandleTimeout(now);
        while (agent.PollAnswer(out var to, out _, out var beside, now))
        {
            if (beside is { } token)
            {
                sent.Add((to, token));
            }
        }

        var count = 0;
        while (agent.PollChallenge(out var to, out var token, out var isFull, now))
        {
            sent.Add((to, token));
            Finding.Unless(!isFull || agent.Paths.Find(to) is { WasValid: true }, "large challenges go to paths that answered");
            Finding.Unless(++count <= MostAtOnce, "challenges come to an end");
        }
    }

    private static UdpEndpoint At(byte host) => host >= 240
        ? RelayedEndpoint.Of(host - 240, MeshAddress.Parse("7:A91F.0000.7C2E"))
        : new UdpEndpoint(UdpEndpoint.MappedPrefix | (0x2D00_0000u + host), 7400);
}
