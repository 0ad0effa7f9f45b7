namespace MeshActors.TestKit.Nat;

/// <summary>What was said on one stream of a <see cref="NatTalk"/>: numbers from 0 on.</summary>
internal sealed class NatLine
{
    public NatLine(long id)
    {
        Id = id;
    }

    /// <summary>No two lines of a world have the same.</summary>
    public long Id { get; }

    /// <summary>Numbers that the stream took.</summary>
    public long Said { get; set; }

    /// <summary>Whether the stream has ended, so that not all of it need be heard.</summary>
    public bool IsOver { get; set; }
}
