using System;
using System.Threading.Tasks;
using MeshActors.LinkLab.Flows;
using MeshActors.LinkLab.Linux;
using MeshActors.LinkLab.Runs;

namespace MeshActors.LinkLab;

/// <summary>The link lab: real processes in network namespaces, their packets through a link of the project's own.</summary>
/// <remarks>
/// JSON lines on standard output, tables on standard error. Exit code 0: every bar held; 1: one was missed; 2: the command
/// line is wrong; 3: the machine cannot run it.
/// </remarks>
internal static class Program
{
    /// <summary>Tells which names the namespaces get; the script that deletes them afterwards sets it.</summary>
    private const string NameVariable = "MESH_LAB_NAME";

    private static async Task<int> Main(string[] arguments)
    {
        var time = TimeProvider.System;
        if (arguments is [FlowProgram.Verb, .. var rest])
        {
            return await FlowProgram.RunAsync(rest, Console.Out, time);
        }

        var parsed = LabArguments.Parse(arguments, out var error);
        if (parsed is null)
        {
            await Console.Error.WriteLineAsync($"{error}\n{LabArguments.Usage}");
            return 2;
        }

        try
        {
            var name = Environment.GetEnvironmentVariable(NameVariable) ?? $"meshlab{Environment.ProcessId}";
            using var network = new LabNetwork(name, time);
            return await RunAsync(parsed, network, time) ? 0 : 1;
        }
        catch (LinuxCallException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 3;
        }
    }

    private static async Task<bool> RunAsync(LabArguments arguments, LabNetwork network, TimeProvider time)
    {
        var results = new Results(Console.Out, Console.Error);
        var measurement = new Measurement(network, results, time) { Control = arguments.Control };
        if (arguments.Seconds is { } seconds)
        {
            measurement.Measured = TimeSpan.FromSeconds(seconds);
        }

        switch (arguments.Verb)
        {
            case "calibrate":
                return await new Calibration(network, results, time).RunAsync();
            case "fairness":
                return await new Fairness(measurement, results).RunAsync(
                    Fairness.Links(arguments.Cell.RateMbit), Fairness.Pairs(arguments.Flows));
            case "loss":
                return await new Matrix(measurement, results).RunAsync(Matrix.Pilot, arguments.Flows);
            case "matrix":
                return await new Matrix(measurement, results).RunAsync(
                    arguments.Full ? Matrix.Full : Matrix.Telling, arguments.Flows);
            default:
                return await new Matrix(measurement, results).RunAsync([arguments.Cell], arguments.Flows);
        }
    }
}
