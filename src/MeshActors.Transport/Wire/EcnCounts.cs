namespace MeshActors.Transport.Wire;

/// <summary>How many packets carried which mark (RFC 9000, section 13.4.1).</summary>
/// <param name="Capable0">ECT(0).</param>
/// <param name="Capable1">ECT(1).</param>
/// <param name="CongestionExperienced">CE.</param>
internal readonly record struct EcnCounts(ulong Capable0, ulong Capable1, ulong CongestionExperienced)
{
    /// <summary>The counts with one packet more.</summary>
    public EcnCounts With(EcnMark mark) => mark switch
    {
        EcnMark.Capable0 => this with { Capable0 = Capable0 + 1 },
        EcnMark.Capable1 => this with { Capable1 = Capable1 + 1 },
        EcnMark.CongestionExperienced => this with { CongestionExperienced = CongestionExperienced + 1 },
        _ => this,
    };
}
