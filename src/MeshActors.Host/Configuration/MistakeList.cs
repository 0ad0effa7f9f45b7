using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Host.Configuration;

/// <summary>Collects what is wrong, so that all of it is reported at once.</summary>
internal sealed class MistakeList
{
    /// <summary>Further mistakes are counted only.</summary>
    public const int Largest = 200;

    private readonly List<Mistake> _mistakes = [];

    /// <summary>Mistakes beyond <see cref="Largest"/>.</summary>
    public int Uncounted { get; private set; }

    public bool IsEmpty => _mistakes.Count == 0;

    /// <summary>In the order of files first met, then of lines.</summary>
    public IReadOnlyList<Mistake> InOrder()
    {
        var files = _mistakes.Select(mistake => mistake.File).Distinct().ToList();
        return [.. _mistakes.OrderBy(mistake => files.IndexOf(mistake.File)).ThenBy(mistake => mistake.Line)];
    }

    public void Add(Origin at, string key, string value, string problem, string allowed)
    {
        var mistake = new Mistake(at.File.Name, at.Line, key, value, problem, allowed);
        if (_mistakes.Contains(mistake))
        {
            return;
        }

        if (_mistakes.Count < Largest)
        {
            _mistakes.Add(mistake);
        }
        else
        {
            Uncounted++;
        }
    }
}
