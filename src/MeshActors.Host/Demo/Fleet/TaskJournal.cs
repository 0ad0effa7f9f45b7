using System;
using System.IO;
using System.Text;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>A worker's list of the tasks it began, one id a line, which survives the worker's sudden end.</summary>
/// <remarks>
/// Each line is one write to a file opened for appending, made before the work begins. The system keeps what was
/// written when the process is killed (not when the machine loses power). Safe for several threads.
/// </remarks>
internal sealed class TaskJournal : IDisposable
{
    /// <summary>Longest id taken.</summary>
    public const int MaxIdChars = 64;

    private readonly object _gate = new();
    private readonly FileStream _file;

    public TaskJournal(string path)
    {
        _file = new FileStream(
            path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Writes that a task begins.</summary>
    /// <exception cref="ArgumentException">The id is empty, too long, or not letters, digits and hyphens.</exception>
    public void Began(string id)
    {
        if (!IsId(id))
        {
            throw new ArgumentException($"A task id is 1 to {MaxIdChars} letters, digits and hyphens.", nameof(id));
        }

        var line = Encoding.ASCII.GetBytes(id + "\n");
        lock (_gate)
        {
            _file.Write(line);
        }
    }

    public void Dispose() => _file.Dispose();

    private static bool IsId(string id)
    {
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
            {
                return false;
            }
        }

        return id.Length is > 0 and <= MaxIdChars;
    }
}
