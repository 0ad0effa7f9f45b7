using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>Draws what happened to packets, and what nodes said of themselves, as a sequence diagram in Mermaid's text.</summary>
/// <remarks>
/// The beginning and the end of a run are what one wants to see: the first and the last events are kept, a note says how many were left out
/// between. Give it to <see cref="SimInternet.Observer"/>, and write when the run has failed.
/// </remarks>
internal sealed class SimDiagram
{
    private readonly int _most;
    private readonly List<SimDiagramEvent> _first = [];
    private readonly Queue<SimDiagramEvent> _last = new();
    private readonly Dictionary<long, string> _whereabouts = [];
    private long _leftOut;
    private bool _isOver;

    /// <param name="most">Events drawn at most: a quarter of them from the beginning.</param>
    public SimDiagram(int most = 400)
    {
        _most = most;
    }

    /// <summary>Whose packets are drawn: those that come to or from one of these places; null for all.</summary>
    public IReadOnlyCollection<string>? Only { get; init; }

    /// <summary>Nothing is noted from here on: what is looked for has happened.</summary>
    public void Stop() => _isOver = true;

    /// <summary>Notes what happened to a packet; <see cref="SimInternet.Observer"/> may be this.</summary>
    public void Note(SimPacketEvent happened)
    {
        if (_isOver)
        {
            return;
        }

        var (place, packet) = (happened.Place.Name, happened.Packet);
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{packet.From} to {packet.To}, {Content(packet)}");
        switch (happened.Fate)
        {
            case SimFate.Sent:
                Follow(packet.Number, place);
                return;
            case SimFate.Passed or SimFate.TurnedBack or SimFate.Received:
                Add(new SimDiagramEvent(happened.At, WhereIs(packet.Number, place), place, text));
                break;
            default:
                Add(new SimDiagramEvent(happened.At, WhereIs(packet.Number, place), place, $"{happened.Fate}: {text}", IsLost: true));
                break;
        }

        if (happened.Fate is SimFate.Passed or SimFate.TurnedBack)
        {
            Follow(packet.Number, place);
        }
        else
        {
            _whereabouts.Remove(packet.Number);
        }
    }

    /// <summary>Notes what somebody did or became.</summary>
    public void Note(MonoTime at, string who, string what) => Add(new SimDiagramEvent(at, who, who, what, IsNote: true));

    /// <summary>The diagram, as Mermaid reads it.</summary>
    public string Draw()
    {
        var text = new StringBuilder("sequenceDiagram\n");
        var names = new Dictionary<string, string>();
        foreach (var name in _first.Concat(_last).SelectMany(happened => (string[])[happened.From, happened.To]).Distinct())
        {
            names.Add(name, string.Create(CultureInfo.InvariantCulture, $"p{names.Count}"));
            text.Append("    participant ").Append(names[name]).Append(" as ").Append(Plain(name)).Append('\n');
        }

        foreach (var happened in _first)
        {
            Append(text, names, happened);
        }

        if (_leftOut > 0)
        {
            text.Append("    Note over p0: ").Append(_leftOut).Append(" events are left out here\n");
        }

        foreach (var happened in _last)
        {
            Append(text, names, happened);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Dictionary<string, string> names, SimDiagramEvent happened)
    {
        var (from, to) = (names[happened.From], names[happened.To]);
        text.Append("    ")
            .Append(happened.IsNote ? $"Note over {from}" : $"{from}{(happened.IsLost ? "-x" : "->>")}{to}")
            .Append(": ").Append(happened.At).Append(' ').Append(Plain(happened.What)).Append('\n');
    }

    private void Add(SimDiagramEvent happened)
    {
        if (_isOver || (Only is { } only && !happened.IsNote && !only.Contains(happened.From) && !only.Contains(happened.To)))
        {
            return;
        }

        if (_first.Count < _most / 4)
        {
            _first.Add(happened);
            return;
        }

        _last.Enqueue(happened);
        if (_first.Count + _last.Count > _most)
        {
            _last.Dequeue();
            _leftOut++;
        }
    }

    /// <summary>Packets that the links lost are never heard of again; of those under way there are far fewer than this.</summary>
    private void Follow(long packet, string place)
    {
        const int Most = 65_536;
        if (_whereabouts.Count >= Most)
        {
            _whereabouts.Clear();
        }

        _whereabouts[packet] = place;
    }

    private string WhereIs(long packet, string otherwise) => _whereabouts.GetValueOrDefault(packet, otherwise);

    private static string Content(SimPacket packet) => packet.Bytes.IsEmpty
        ? "empty"
        : string.Create(CultureInfo.InvariantCulture, $"{packet.Bytes.Length} bytes of 0x{packet.Bytes.Span[0]:X2}");

    /// <summary>Without what has a meaning to Mermaid.</summary>
    private static string Plain(string text) => text.Replace(';', ',').Replace('#', '.').Replace('\n', ' ');
}
