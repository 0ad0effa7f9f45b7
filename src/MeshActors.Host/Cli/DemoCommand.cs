using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.Host.Cli;

/// <summary>The verb <c>demo</c>; what it does is handed in.</summary>
internal static class DemoCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="context">What verbs are made from.</param>
    /// <param name="demo">Does it and returns the exit code.</param>
    public static Command Create(
        VerbContext context, Func<DemoArguments, HostEnvironment, CommandOutput, CancellationToken, Task<int>> demo)
    {
        var input = new Option<string?>("--input")
        {
            Description = "Directory with text files to work on; the project's own documents when left out.",
            HelpName = "DIR",
        };
        var agents = new Option<int>("--agents")
        {
            Description = "Worker processes, 2 to 16.",
            HelpName = "N",
            DefaultValueFactory = _ => 3,
        };
        var tasks = new Option<int>("--tasks")
        {
            Description = "Tasks to have done.",
            HelpName = "N",
            DefaultValueFactory = _ => 240,
        };
        var killBackbone = new Option<bool>("--kill-backbone")
        {
            Description = "Kill the backbone too, while tasks run, and start it again.",
        };
        agents.Validators.Add(result => Bounds.Check(result, agents, 2, 16));
        tasks.Validators.Add(result => Bounds.Check(result, tasks, Demo.TaskPlan.MinTasks, Demo.TaskPlan.MaxTasks));
        var command = new Command("demo", "Backbone and agents on this machine, real tasks over real tunnels, one worker killed half way.")
        {
            input,
            agents,
            tasks,
            killBackbone,
        };
        command.SetAction((result, _) => context.RunAsync(result, (output, stopped) =>
        {
            var directory = result.GetValue(input);
            if (directory is not null && !Directory.Exists(directory))
            {
                throw new CommandFailure(
                    ErrorCodes.Usage,
                    $"The directory {directory} does not exist.",
                    "Name a directory with text files after --input.",
                    ExitCode.Wrong);
            }

            var arguments = new DemoArguments(
                directory, result.GetValue(agents), result.GetValue(tasks), result.GetValue(killBackbone));
            return demo(arguments, context.Environment, output, stopped);
        }));
        return command;
    }
}
