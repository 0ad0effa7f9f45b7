using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MeshActors.Host.Cli;

namespace MeshActors.Host.Demo.Texts;

/// <summary>Reads the texts below a directory: same directory, same corpus, in every process.</summary>
/// <remarks>
/// Taken are files with a text's extension, or with none. Left out are names that begin with a dot, build output,
/// symbolic links (they may lead in circles) and everything that reports no length (empty files, pipes, devices), which
/// is never opened.
/// </remarks>
internal sealed class CorpusReader
{
    /// <summary>Files read at most; the demo's work does not grow with more.</summary>
    public const int MaxFiles = 2_000;

    /// <summary>Bytes read of one file at most; the rest is left out with a note.</summary>
    public const int MaxFileBytes = 1 << 20;

    /// <summary>Bytes read in all; every worker holds the corpus.</summary>
    public const long MaxTotalBytes = 32L << 20;

    /// <summary>Directories below each other at most.</summary>
    public const int MaxDepth = 16;

    /// <summary>Notes kept; further ones are counted in the last.</summary>
    public const int MaxNotes = 50;

    private static readonly string[] Extensions =
        [".md", ".markdown", ".txt", ".text", ".rst", ".adoc", ".asciidoc", ".org", ".tex", ""];

    private static readonly string[] BuildOutput = ["bin", "obj", "node_modules", "TestResults", "artifacts"];

    private readonly List<TextFile> _files = [];
    private readonly List<string> _notes = [];
    private readonly InputFolder _folder;
    private int _otherKinds;
    private int _unsaidNotes;
    private long _bytes;

    private CorpusReader(InputFolder folder)
    {
        _folder = folder;
    }

    /// <summary>Reads everything, once.</summary>
    /// <exception cref="CommandFailure">There is no text at all; says what was seen.</exception>
    public static TextCorpus Read(InputFolder folder)
    {
        var reader = new CorpusReader(folder);
        reader.ReadRoot();
        return reader.Finish();
    }

    private TextCorpus Finish()
    {
        if (_otherKinds > 0)
        {
            Note($"{_otherKinds} of another kind left out");
        }

        if (_unsaidNotes > 0)
        {
            _notes.Add($"and {_unsaidNotes} more");
        }

        if (_files.Count == 0)
        {
            var seen = _notes.Count == 0 ? "it is empty" : string.Join("; ", _notes.Take(5));
            throw new CommandFailure(
                "no-input",
                $"No text was found in {_folder.Root}: {seen}.",
                "Name a directory with text files, such as .md or .txt.");
        }

        return new TextCorpus([.. _files.OrderBy(file => file.Path, StringComparer.Ordinal)], [.. _notes]);
    }

    private void ReadRoot()
    {
        if (_folder.Only.IsEmpty)
        {
            ReadDirectory(new DirectoryInfo(_folder.Root), depth: 1);
            return;
        }

        foreach (var name in _folder.Only)
        {
            var path = Path.Combine(_folder.Root, name);
            if (Directory.Exists(path))
            {
                ReadDirectory(new DirectoryInfo(path), depth: 1);
            }
            else if (File.Exists(path))
            {
                ReadFile(new FileInfo(path));
            }
        }
    }

    private void ReadDirectory(DirectoryInfo directory, int depth)
    {
        if (depth > MaxDepth)
        {
            Note($"{NameOf(directory)}: more than {MaxDepth} directories deep, left out");
            return;
        }

        FileSystemInfo[] entries;
        try
        {
            entries = directory.GetFileSystemInfos();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Note($"{NameOf(directory)}: cannot be listed: {e.Message}");
            return;
        }

        foreach (var entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry.Name.StartsWith('.') || entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                continue;
            }

            switch (entry)
            {
                case DirectoryInfo child when !BuildOutput.Contains(child.Name, StringComparer.Ordinal):
                    ReadDirectory(child, depth + 1);
                    break;
                case FileInfo file:
                    ReadFile(file);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Takes one file in, or notes why not.</summary>
    private void ReadFile(FileInfo file)
    {
        if (!Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
        {
            _otherKinds++;
            return;
        }

        if (_files.Count == MaxFiles || _bytes >= MaxTotalBytes)
        {
            Note($"{NameOf(file)}: left out, the input is cut at {MaxFiles} files and {MaxTotalBytes >> 20} MiB");
            return;
        }

        try
        {
            Take(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Note($"{NameOf(file)}: cannot be read: {e.Message}");
        }
    }

    private void Take(FileInfo file)
    {
        if (file.Length == 0)
        {
            Note($"{NameOf(file)}: empty, left out");
            return;
        }

        var take = (int)Math.Min(file.Length, MaxFileBytes);
        var bytes = new byte[take];
        using (var stream = file.OpenRead())
        {
            bytes = bytes[..stream.ReadAtLeast(bytes, take, throwOnEndOfStream: false)];
        }

        _bytes += bytes.Length;
        if (TextDecoder.Decode(bytes, isCut: file.Length > take) is not { } decoded)
        {
            Note($"{NameOf(file)}: binary, left out");
            return;
        }

        if (string.IsNullOrWhiteSpace(decoded.Text))
        {
            Note($"{NameOf(file)}: blank, left out");
            return;
        }

        if (file.Length > take)
        {
            Note($"{NameOf(file)}: {file.Length} bytes, read up to {MaxFileBytes}");
        }

        if (!decoded.IsUnicode)
        {
            Note($"{NameOf(file)}: not UTF-8, read as Latin-1");
        }

        _files.Add(new TextFile(NameOf(file), decoded.Text));
    }

    private string NameOf(FileSystemInfo entry) =>
        Path.GetRelativePath(_folder.Root, entry.FullName).Replace('\\', '/');

    private void Note(string note)
    {
        if (_notes.Count < MaxNotes)
        {
            _notes.Add(note);
        }
        else
        {
            _unsaidNotes++;
        }
    }
}
