using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Tasks;

namespace MeshActors.Host.Cli;

/// <summary>The verbs of the program, and what becomes of what they throw: no stack trace reaches a user.</summary>
internal sealed class CommandLine
{
    private readonly HostEnvironment _environment;
    private readonly RootCommand _root;
    private readonly Option<bool> _json = new("--json")
    {
        Description = "One JSON object per line on standard output, the last with \"kind\":\"summary\".",
        Recursive = true,
    };

    /// <param name="environment">The world around the program.</param>
    /// <param name="verbs">Makes the verbs.</param>
    public CommandLine(HostEnvironment environment, params IReadOnlyList<Func<VerbContext, Command>> verbs)
    {
        _environment = environment;
        _root = new RootCommand("Agents that find each other and exchange tasks over encrypted tunnels.") { _json };
        var context = new VerbContext(environment, RunVerbAsync);
        foreach (var verb in verbs)
        {
            _root.Add(verb(context));
        }
    }

    /// <summary>Runs the verb that the arguments name.</summary>
    /// <returns>The exit code of the program.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        // An @ in an argument is the payload's, not a file with further arguments.
        var result = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
        {
            var output = new CommandOutput(_environment.Out, _environment.Error, arguments.Contains("--json"));
            return output.Fail(
                ErrorCodes.Usage,
                string.Join(' ', result.Errors.Select(error => error.Message).Distinct()),
                Hint(result),
                ExitCode.Wrong);
        }

        return await result.InvokeAsync(
            new InvocationConfiguration
            {
                Output = _environment.Out,
                Error = _environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            },
            _environment.Stopped).ConfigureAwait(false);
    }

    private static string Hint(ParseResult result)
    {
        var command = result.CommandResult.Command;
        var path = command is RootCommand ? string.Empty : " " + command.Name;
        var known = command.Subcommands.Select(verb => verb.Name)
            .Concat(command.Options.Select(option => option.Name))
            .ToList();
        var meant = result.UnmatchedTokens
            .Select(token => Configuration.Spelling.Nearest(token, known))
            .FirstOrDefault(word => word is not null);
        return (meant is null ? string.Empty : $"Did you mean {meant}? ") + $"See meshactors{path} --help.";
    }

    private async Task<int> RunVerbAsync(ParseResult result, Func<CommandOutput, CancellationToken, Task<int>> verb)
    {
        var output = new CommandOutput(_environment.Out, _environment.Error, result.GetValue(_json));
        try
        {
            return await verb(output, _environment.Stopped).ConfigureAwait(false);
        }
        catch (CommandFailure failure)
        {
            return output.Fail(failure.Code, failure.Message, failure.Hint, failure.Exit);
        }
        catch (MeshException exception)
        {
            return output.Fail(exception.Code.ToName(), exception.Message, exception.Hint);
        }
        catch (OperationCanceledException) when (_environment.Stopped.IsCancellationRequested)
        {
            return output.Fail(ErrorCodes.Stopped, "The program was stopped before it was done.", "Run it again.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return output.Fail(ErrorCodes.Unexpected, exception.Message, "Check that the file or socket can be used by this user.");
        }
#pragma warning disable CA1031 // The last place that can turn a mistake of ours into a sentence.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return output.Fail(
                ErrorCodes.Unexpected,
                $"{exception.GetType().Name}: {exception.Message}",
                "This is a mistake of the program: please report it with the command line that led to it.");
        }
    }
}
