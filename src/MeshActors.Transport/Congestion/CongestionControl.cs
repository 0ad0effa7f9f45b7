namespace MeshActors.Transport.Congestion;

/// <summary>Which controller a tunnel uses.</summary>
internal enum CongestionControl
{
    /// <summary><see cref="Congestion.Cubic"/>.</summary>
    Cubic,

    /// <summary><see cref="Congestion.Bbr"/>.</summary>
    Bbr,
}
