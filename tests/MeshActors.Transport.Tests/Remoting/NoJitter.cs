using System;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Only zeros: every delay is the full one.</summary>
internal sealed class NoJitter : IRandomSource
{
    public static readonly NoJitter Instance = new();

    public void Fill(Span<byte> destination) => destination.Clear();
}
