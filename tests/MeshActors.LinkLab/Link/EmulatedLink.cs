using System;

namespace MeshActors.LinkLab.Link;

/// <summary>Both directions of a link, alike in shape, with chances of their own.</summary>
internal sealed class EmulatedLink : IDisposable
{
    /// <param name="shape">Of each direction.</param>
    /// <param name="seed">What is lost follows from it, and from the packets.</param>
    public EmulatedLink(LinkShape shape, ulong seed)
    {
        Forward = new LinkDirection(shape, seed);
        Backward = new LinkDirection(shape, ~seed);
    }

    public LinkDirection Forward { get; }

    public LinkDirection Backward { get; }

    public void Dispose()
    {
        Forward.Dispose();
        Backward.Dispose();
    }
}
