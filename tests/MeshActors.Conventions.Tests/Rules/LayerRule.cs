using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using MeshActors.Conventions.Tests.Sources;

namespace MeshActors.Conventions.Tests.Rules;

/// <summary>Which folder of a project may name which namespaces: "machines decide, shells do", held by a test.</summary>
/// <remarks>
/// Looks at every namespace that the code names, in <c>using</c> lines and fully qualified alike. A folder that is not
/// in the table is a violation, so that a new one is entered on purpose.
/// </remarks>
internal static partial class LayerRule
{
    private const string Transport = "MeshActors.Transport";

    /// <summary>For each folder of the transport, the folders of the transport it may import.</summary>
    private static readonly Dictionary<string, string[]> TransportFolders = new()
    {
        ["Chance"] = [],
        ["Diagnostics"] = [],
        ["Time"] = ["Chance", "Diagnostics"],
        ["Crypto"] = ["Chance"],
        ["Addressing"] = ["Crypto"],
        ["Wire"] = ["Addressing", "Diagnostics"],
        ["Identity"] = ["Addressing", "Chance", "Crypto", "Diagnostics", "Time", "Wire"],
        ["Files"] = ["Addressing", "Chance", "Crypto", "Identity", "Time"],
        ["Handshake"] = ["Addressing", "Chance", "Crypto", "Diagnostics", "Identity", "Time", "Wire"],
        ["Session"] = ["Crypto", "Diagnostics", "Time", "Wire"],
        ["Congestion"] = ["Chance", "Time"],
        ["Streams"] = ["Chance", "Congestion", "Diagnostics", "Time", "Wire"],
        ["Relay"] = ["Addressing", "Chance", "Crypto", "Diagnostics", "Identity", "Session", "Time", "Wire"],
        ["PortMapping"] = ["Addressing", "Chance", "Paths", "Time"],
        ["Stun"] = ["Addressing", "Chance", "Handshake", "Time"],
        ["Paths"] = ["Addressing", "Chance", "Stun", "Time", "Wire"],
        ["Tunnels"] =
        [
            "Addressing", "Chance", "Crypto", "Diagnostics", "Handshake", "Identity", "Paths", "Session", "Streams",
            "Time", "Wire",
        ],
        ["Switching"] =
        [
            "Addressing", "Chance", "Crypto", "Diagnostics", "Identity", "Paths", "Relay", "Stun", "Time", "Tunnels",
            "Wire",
        ],
        ["Sockets"] = ["Addressing", "Wire"],
        ["WebSockets"] = ["Addressing", "Time"],
        ["Io"] =
        [
            "Addressing", "Chance", "Crypto", "Diagnostics", "Handshake", "Identity", "Paths", "PortMapping", "Relay", "Session",
            "Sockets", "Streams", "Stun", "Switching", "Time", "Tunnels", "WebSockets", "Wire",
        ],
        ["Nodes"] =
        [
            "Addressing", "Chance", "Files", "Identity", "Io", "Relay", "Streams", "Time", "Tunnels", "WebSockets",
        ],
        ["Remoting"] =
        [
            "Addressing", "Chance", "Crypto", "Diagnostics", "Files", "Handshake", "Identity", "Io", "Paths", "Relay",
            "Session", "Sockets", "Streams", "Stun", "Switching", "Time", "Tunnels", "WebSockets", "Wire",
        ],
    };

    /// <summary>Namespaces of others that only the named folders of the transport may touch.</summary>
    private static readonly Dictionary<string, string[]> TransportOutside = new()
    {
        ["Akka"] = ["Remoting"],
        ["Google.Protobuf"] = ["Remoting"],
        ["NSec"] = ["Addressing", "Crypto", "Identity"],
        ["System.IO"] = ["Files", "Remoting", "WebSockets"],
        ["System.Net.Sockets"] = ["Io", "Sockets", "WebSockets"],
        ["System.Threading"] = ["Diagnostics", "Io", "Nodes", "Remoting", "WebSockets"],
        ["System.Threading.Tasks"] = ["Io", "Nodes", "Remoting", "WebSockets"],
        ["System.Diagnostics"] = ["Diagnostics", "Remoting"],
    };

    /// <summary>Folders of the transport that only the transport itself looks into.</summary>
    private static readonly string[] TransportInside = ["Crypto", "Handshake", "Session", "Sockets", "Wire"];

    /// <summary>Folders of the projects above the transport; a new one is entered here.</summary>
    private static readonly Dictionary<string, string[]> UpperFolders = new()
    {
        ["MeshActors"] =
        [
            "Agents", "Backbone", "Capabilities", "Clusters", "Discovery", "Health", "Hosting", "Messages", "Peers",
            "Tasks", "Telemetry", "Trust", "Wire",
        ],
        ["MeshActors.Host"] = ["", "Api", "Cli", "Configuration", "Demo", "Roles"],
    };

    /// <summary>Namespaces that the projects above the transport may touch only in the named folders.</summary>
    private static readonly Dictionary<string, (string Project, string[] Folders)[]> UpperOutside = new()
    {
        ["System.Net.Sockets"] = [("MeshActors.Host", ["Api", "Cli", "Demo"])],
        ["Spectre.Console"] = [("MeshActors.Host", ["", "Cli", "Demo"])],
        ["System.CommandLine"] = [("MeshActors.Host", ["", "Cli", "Demo"])],
        ["NJsonSchema"] = [("MeshActors", ["Capabilities"])],
        ["NSec"] = [],
        ["MeshActors.Host"] = [("MeshActors.Host", ["", "Api", "Cli", "Configuration", "Demo", "Roles"])],
    };

    /// <summary>What a single file may touch beyond its folder, each with its reason.</summary>
    private static readonly Dictionary<string, string[]> Exempt = new()
    {
        // A slot may come back from another thread than the one that took it, so the free list has a lock.
        ["src/MeshActors.Transport/Crypto/SessionKeySlab.cs"] = ["System.Threading"],

        // The framework reads XML from readers of System.IO alone; this one is over a string.
        ["src/MeshActors.Transport/PortMapping/GatewayXml.cs"] = ["System.IO"],
    };

    public static IEnumerable<string> Violations(SourceFile file) =>
        file.Project == Transport ? InTransport(file)
        : UpperFolders.TryGetValue(file.Project, out var folders) ? AboveTransport(file, folders)
        : [];

    private static IEnumerable<string> AboveTransport(SourceFile file, string[] folders)
    {
        if (!folders.Contains(file.Folder))
        {
            yield return $"{file.Path}: folder {file.Folder} is not in the layer table of LayerRule";
            yield break;
        }

        foreach (var folder in Mentions(file.Code, $@"{Regex.Escape(Transport)}\.(\w+)"))
        {
            if (TransportInside.Contains(folder))
            {
                yield return $"{file.Path}: {file.Project} may not look into the transport's {folder}";
            }
        }

        foreach (var (outside, allowed) in UpperOutside)
        {
            if (!allowed.Any(place => place.Project == file.Project && place.Folders.Contains(file.Folder))
                && Names(file.Code, outside))
            {
                yield return $"{file.Path}: {file.Project}, {file.Folder} may not touch {outside}";
            }
        }
    }

    private static IEnumerable<string> InTransport(SourceFile file)
    {
        if (!TransportFolders.TryGetValue(file.Folder, out var mayImport))
        {
            yield return $"{file.Path}: folder {file.Folder} is not in the layer table of LayerRule";
            yield break;
        }

        foreach (var folder in Mentions(file.Code, $@"{Regex.Escape(Transport)}\.(\w+)"))
        {
            if (TransportFolders.ContainsKey(folder) && folder != file.Folder && !mayImport.Contains(folder))
            {
                yield return $"{file.Path}: {file.Folder} may not import {folder}";
            }
        }

        foreach (var (outside, folders) in TransportOutside)
        {
            if (!folders.Contains(file.Folder)
                && !(Exempt.TryGetValue(file.Path, out var exempt) && exempt.Contains(outside))
                && Names(file.Code, outside))
            {
                yield return $"{file.Path}: {file.Folder} may not touch {outside}";
            }
        }
    }

    /// <summary>True when code imports the namespace itself, one below it, or names a type of it in full.</summary>
    /// <remarks>
    /// <c>System.Threading</c> does not stand for <c>System.Threading.Tasks</c>, and <c>System.Diagnostics</c> not for
    /// <c>System.Diagnostics.CodeAnalysis</c>: these two hold attributes and awaitables of their own. With
    /// <c>System.Net.Sockets</c> code must also name something that opens a socket: address families and the exception
    /// of a failed name look-up live there as well.
    /// </remarks>
    private static bool Names(string code, string outside)
    {
        foreach (Match match in Regex.Matches(code, $@"(?<!\bnamespace\s+|[\w.]){Regex.Escape(outside)}\b(?<rest>(?:\.\w+)*)"))
        {
            var rest = match.Groups["rest"].Value;
            if ((outside == "System.Threading" && rest.StartsWith(".Tasks", StringComparison.Ordinal))
                || (outside == "System.Diagnostics" && rest.StartsWith(".CodeAnalysis", StringComparison.Ordinal)))
            {
                continue;
            }

            return outside != "System.Net.Sockets" || SocketType().IsMatch(code);
        }

        return false;
    }

    private static IEnumerable<string> Mentions(string code, string pattern) =>
        Regex.Matches(code, pattern).Select(match => match.Groups[1].Value).Distinct();

    [GeneratedRegex(@"\b(?:Socket|SafeSocketHandle|SocketAsyncEventArgs|NetworkStream|(?:Tcp|Udp)(?:Client|Listener))\b")]
    private static partial Regex SocketType();
}
