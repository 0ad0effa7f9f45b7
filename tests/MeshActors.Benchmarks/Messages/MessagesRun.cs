using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Akka.Actor;
using Akka.Serialization;
using MeshActors.Benchmarks.Runs;
using MeshActors.Messages;

namespace MeshActors.Benchmarks.Messages;

/// <summary><c>bench messages</c>: a message of a catalogue, written and read, beside Akka's default serializer.</summary>
internal static class MessagesRun
{
    private const int Batch = 256;

    /// <summary>A message of both is read to what was written, and costs so much; by turns.</summary>
    /// <returns>Exit code 0.</returns>
    /// <exception cref="BenchException">One does not read what it wrote.</exception>
    public static int Run(BenchArguments arguments)
    {
        Lines.Print(RunEnvironment.Of("messages", arguments.Commit, arguments.Network, arguments.Seconds, arguments.Alternations));
        using var system = (ExtendedActorSystem)ActorSystem.Create("messages", "akka { loglevel = OFF, stdout-loglevel = OFF }");
        var message = new OrderPlaced(4_711, "Ada Lovelace", 99.5, [new("ink", 2, 12.25), new("paper", 5, 9), new("pen", 1, 30)]);
        var catalogue = new MessageSerializer(system, new MessageCatalogue().Add("order-placed-1", OrderJson.Default.OrderPlaced));
        var turns = new List<MessagesLine>();
        for (var turn = 0; turn <= arguments.Alternations; turn++)
        {
            turns.Add(Measure("catalogue", catalogue, message, arguments.Seconds));
            turns.Add(Measure("default", system.Serialization.FindSerializerFor(message), message, arguments.Seconds));
        }

        // The first turn of each is compiling.
        var ours = Median("catalogue", turns.Skip(2));
        var theirs = Median("default", turns.Skip(2));
        Lines.Print(ours);
        Lines.Print(theirs);
        var writes = Measurement.Rounded(ours.WritesPerSecond / theirs.WritesPerSecond);
        var reads = Measurement.Rounded(ours.ReadsPerSecond / theirs.ReadsPerSecond);
        Lines.Print(new MessagesSummary(
            "summary", "messages", writes >= 1 && reads >= 1, writes, reads, Measurement.Rounded((double)ours.Bytes / theirs.Bytes)));
        return 0;
    }

    private static MessagesLine Measure(string name, Serializer serializer, OrderPlaced message, double seconds)
    {
        var manifest = Serialization.ManifestFor(serializer, message);
        var bytes = serializer.ToBinary(message);
        if (Read(serializer, bytes, manifest) is not OrderPlaced read || read.Order != message.Order || !read.Items.SequenceEqual(message.Items))
        {
            throw new BenchException($"{name} does not read what it wrote");
        }

        var (writes, written) = Rate(seconds, () => serializer.ToBinary(message));
        var (reads, taken) = Rate(seconds, () => Read(serializer, bytes, manifest));
        var line = new MessagesLine("turn", name, writes, reads, bytes.Length, written, taken);
        Lines.Print(line);
        return line;
    }

    private static object Read(Serializer serializer, byte[] bytes, string manifest) =>
        serializer is SerializerWithStringManifest named ? named.FromBinary(bytes, manifest) : serializer.FromBinary<OrderPlaced>(bytes);

    private static (double PerSecond, double Allocated) Rate(double seconds, Func<object> work)
    {
        var count = 0L;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            for (var i = 0; i < Batch; i++)
            {
                _ = work();
            }

            count += Batch;
        }

        var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return (Measurement.Rounded(count / elapsed), Measurement.Rounded((double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / count));
    }

    private static MessagesLine Median(string name, IEnumerable<MessagesLine> turns)
    {
        var own = turns.Where(turn => turn.Name == name).ToList();
        double Middle(Func<MessagesLine, double> figure) => own.Select(figure).Order().ElementAt(own.Count / 2);
        return new MessagesLine(
            "median",
            name,
            Middle(turn => turn.WritesPerSecond),
            Middle(turn => turn.ReadsPerSecond),
            own[0].Bytes,
            Middle(turn => turn.WriteAllocatedBytes),
            Middle(turn => turn.ReadAllocatedBytes));
    }
}
