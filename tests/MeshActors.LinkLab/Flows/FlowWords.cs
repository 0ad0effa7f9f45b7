namespace MeshActors.LinkLab.Flows;

/// <summary>What the processes of a flow write to the lab, one word first in each line.</summary>
internal static class FlowWords
{
    /// <summary>The receiver can be reached.</summary>
    public const string Ready = "ready";

    /// <summary>The sender has a connection; those of one stream wait for the word to go.</summary>
    public const string Begun = "begun";

    /// <summary>A receiver's count: time in nanoseconds, bytes so far.</summary>
    public const string At = "at";

    /// <summary>A sender's own figures, once a second, as one JSON object.</summary>
    public const string Figures = "figures";
}
