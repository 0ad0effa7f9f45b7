using System;
using System.Collections.Generic;
using System.Net;
using MeshActors.LinkLab.Linux;

namespace MeshActors.NatLab;

/// <summary>A host and the boxes between it and the internet.</summary>
internal sealed class LabSite : IDisposable
{
    private readonly List<IDisposable> _parts = [];

    /// <param name="outside">Its address as the internet sees it.</param>
    public LabSite(IPAddress outside)
    {
        Outside = outside;
        Address = outside;
    }

    /// <summary>The namespace in which its programs run.</summary>
    public NetworkNamespace Place { get; set; } = null!;

    /// <summary>The host's own address.</summary>
    public IPAddress Address { get; set; }

    public IPAddress Outside { get; }

    /// <summary>What it is linked to the internet by; null where that takes no time.</summary>
    public LabLink? Link { get; set; }

    /// <summary>Takes something that ends with the site.</summary>
    public void Add(IDisposable part) => _parts.Add(part);

    public void Dispose()
    {
        Link?.Dispose();
        foreach (var part in _parts)
        {
            part.Dispose();
        }

        _parts.Clear();
    }
}
