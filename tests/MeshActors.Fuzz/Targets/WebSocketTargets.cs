using System;
using System.Collections.Generic;
using System.Text;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Fuzz.Targets;

/// <summary>What a relay reads from strangers over TCP: the request for an upgrade, and the lengths in messages.</summary>
internal static class WebSocketTargets
{
    /// <summary>The head of a request.</summary>
    public static readonly FuzzTarget Upgrades = new("upgrade", ReadUpgrade, UpgradeSeeds);

    /// <summary>A message of datagrams.</summary>
    public static readonly FuzzTarget Messages = new("datagram-message", ReadMessage, MessageSeeds);

    private static IEnumerable<byte[]> UpgradeSeeds()
    {
        yield return Encoding.ASCII.GetBytes("GET /mesh HTTP/1.1\r\nHost: r\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mesh.v1\r\nSec-WebSocket-Version: 13\r\n\r\n");
        yield return "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"u8.ToArray();
    }

    private static IEnumerable<byte[]> MessageSeeds()
    {
        yield return [0, 1, 7, 0, 3, 1, 2, 3];
        yield return [0, 0, 255, 255, 1];
    }

    private static void ReadUpgrade(ReadOnlySpan<byte> input)
    {
        var key = new byte[UpgradeReader.KeySize];
        var outcome = UpgradeReader.Read(input, key);
        if (outcome == UpgradeOutcome.Incomplete)
        {
            Finding.Unless(input.Length < UpgradeReader.MostBytes, "a head has a bound");
            return;
        }

        var answer = outcome == UpgradeOutcome.Accepted ? UpgradeReply.Accept(key) : UpgradeReply.Refuse(outcome);
        Finding.Unless(answer.AsSpan().EndsWith("\r\n\r\n"u8), "every outcome has an answer with an end");
        Finding.Unless(answer.AsSpan().IndexOf("\r\n\r\n"u8) == answer.Length - 4, "nothing of a request splits its answer");
    }

    private static void ReadMessage(ReadOnlySpan<byte> input)
    {
        var message = input.ToArray();
        Span<byte> rest = message;
        var again = new byte[input.Length];
        var end = 0;
        while (DatagramFraming.TryTake(ref rest, out var datagram))
        {
            Finding.Unless(datagram.Length is >= 1 and <= ushort.MaxValue, "a datagram has a length");
            end += DatagramFraming.Write(again.AsSpan(end), datagram);
        }

        Finding.Unless(again.AsSpan(0, end).SequenceEqual(input[..end]), "datagrams come out as they went in");
        Finding.Unless(end + rest.Length == input.Length, "what is no datagram is left over");
        Finding.Unless(
            end > DatagramFraming.MostMessageBytes || DatagramFraming.NextMessage(again.AsSpan(0, end)) == end, "what was one message is one again");
    }
}
