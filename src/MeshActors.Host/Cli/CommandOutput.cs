using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeshActors.Host.Cli;

/// <summary>Where a verb writes: text for people, or with <c>--json</c> one JSON object per line on standard output.</summary>
/// <remarks>May be used from several threads.</remarks>
internal sealed class CommandOutput
{
    private readonly TextWriter _out;
    private readonly TextWriter _error;
    private readonly object _gate = new();

    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="json">True when standard output is for programs; people's text goes to standard error then.</param>
    public CommandOutput(TextWriter output, TextWriter error, bool json)
    {
        _out = output;
        _error = error;
        Json = json;
    }

    public bool Json { get; }

    /// <summary>Where people's text goes.</summary>
    public TextWriter People => Json ? _error : _out;

    /// <summary>One line for people.</summary>
    public void Say(string line) => Write(People, line);

    /// <summary>One line for people on standard error, whatever the mode.</summary>
    public void Warn(string line) => Write(_error, line);

    /// <summary>One JSON object for programs, nothing without <c>--json</c>.</summary>
    public void Emit(string kind, JsonObject fields)
    {
        if (!Json)
        {
            return;
        }

        var line = new JsonObject { ["kind"] = kind };
        foreach (var (name, value) in fields)
        {
            line[name] = value?.DeepClone();
        }

        Write(_out, line.ToJsonString(JsonSerializerOptions.Web));
    }

    /// <summary>The last object of a verb that did what was asked.</summary>
    public int Summarize(JsonObject fields)
    {
        Emit("summary", fields);
        return ExitCode.Done;
    }

    /// <summary>The last object, or two lines for people, of a verb that did not.</summary>
    /// <param name="error">Stable code.</param>
    /// <param name="message">What happened, one sentence.</param>
    /// <param name="hint">What to do about it, one sentence.</param>
    /// <param name="exitCode">Of <see cref="ExitCode"/>.</param>
    public int Fail(string error, string message, string hint, int exitCode = ExitCode.Failed)
    {
        Warn($"error: {error}: {message}");
        Warn($"hint: {hint}");
        Emit("summary", new JsonObject { ["error"] = error, ["message"] = message, ["hint"] = hint });
        return exitCode;
    }

    private void Write(TextWriter writer, string line)
    {
        lock (_gate)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }
}
