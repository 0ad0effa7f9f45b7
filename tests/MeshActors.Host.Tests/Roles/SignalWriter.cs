using System;
using System.IO;
using System.Text;
using System.Threading.Tasks;

namespace MeshActors.Host.Tests.Roles;

/// <summary>Standard output of a node under test: keeps what is written and says when a word appears.</summary>
internal sealed class SignalWriter : TextWriter
{
    private readonly string _word;
    private readonly StringBuilder _text = new();
    private readonly TaskCompletionSource<string> _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SignalWriter(string word)
    {
        _word = word;
    }

    /// <summary>The first line with the word.</summary>
    public Task<string> Seen => _seen.Task;

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value)
    {
        lock (_text)
        {
            _text.Append(value).Append('\n');
        }

        if (value?.Contains(_word, StringComparison.Ordinal) == true)
        {
            _seen.TrySetResult(value);
        }
    }

    public override string ToString()
    {
        lock (_text)
        {
            return _text.ToString();
        }
    }
}
