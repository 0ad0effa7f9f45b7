using System;
using System.Globalization;
using System.Linq;
using System.Net;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.Transport.Identity;

namespace MeshActors.Hosting;

/// <summary>The part of a node's options that says which directories it registers in and asks.</summary>
internal static class DiscoveryOptions
{
    private const int MaxBackbones = 16;
    private const int MaxEndpoints = 16;

    /// <summary>Reads and checks it.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public static DiscoverySettings Read(MeshOptions options)
    {
        Require(options.Backbones.Count <= MaxBackbones, $"there are at most {MaxBackbones}");
        Require(
            options.Backbones.DistinctBy(backbone => backbone.Name).Count() == options.Backbones.Count,
            "two have the same name");
        return new DiscoverySettings(
            [.. options.Backbones.Select(Read)],
            options.Region.Length == 0 ? null : options.Region,
            options.RegistrationTtl);
    }

    private static BackboneSettings Read(MeshBackbone backbone)
    {
        Require(KebabCase.IsValid(backbone.Name), $"the name '{backbone.Name}' is not kebab-case");
        Require(
            backbone.Endpoints.Count is >= 1 and <= MaxEndpoints,
            $"{backbone.Name} has {backbone.Endpoints.Count} endpoints, outside 1 to {MaxEndpoints}");
        RootKey? root = null;
        if (backbone.Root is { Length: > 0 } text)
        {
            Require(RootKey.TryParse(text, out var key), $"the root of {backbone.Name} is not 52 characters of base32");
            root = key;
        }

        return new BackboneSettings(
            backbone.Name,
            [.. backbone.Endpoints.Select(endpoint => ReadEndpoint(backbone.Name, endpoint))],
            root,
            [.. (backbone.Publish ?? ["*"]).Select(pattern => ReadPattern(backbone.Name, pattern))]);
    }

    private static DnsEndPoint ReadEndpoint(string name, string text)
    {
        var colon = text.LastIndexOf(':');
        var valid = ushort.TryParse(
            text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && colon > 0 && port > 0;
        Require(valid, $"the endpoint '{text}' of {name} is not HOST:PORT");
        return new DnsEndPoint(text[..colon].Trim('[', ']'), port);
    }

    private static NamePattern ReadPattern(string name, string text)
    {
        Require(NamePattern.TryParse(text, out var pattern), $"'{text}', published at {name}, is no capability's name");
        return pattern!;
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new ArgumentException($"MeshOptions.Backbones: {problem}.");
        }
    }
}
