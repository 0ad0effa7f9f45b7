using System;
using System.Collections.Generic;
using MeshActors.Capabilities;
using MeshActors.Clusters;
using MeshActors.Tasks;
using MeshActors.Transport.Remoting;

namespace MeshActors.Hosting;

/// <summary>What <c>WithMesh</c> is told about a node; everything has a default that works on one machine.</summary>
public sealed class MeshOptions
{
    /// <summary>Host name or IP address this node is called by and bound to; anything but loopback needs trust to be said.</summary>
    public string Hostname { get; set; } = "127.0.0.1";

    /// <summary>UDP port, 0 for a free one.</summary>
    public int Port { get; set; }

    /// <summary>Host name or IP address peers are told in place of <see cref="Hostname"/>; empty for the same.</summary>
    public string PublicHostname { get; set; } = string.Empty;

    /// <summary>Port peers are told in place of <see cref="Port"/>; 0 for the same.</summary>
    public int PublicPort { get; set; }

    /// <summary>Address space, 0 to 65,533.</summary>
    public ushort Realm { get; set; }

    /// <summary>File of the root identity, made on first use; empty for an identity in memory.</summary>
    public string IdentityPath { get; set; } = string.Empty;

    /// <summary>File of the fleet secret; empty for none.</summary>
    public string FleetSecretFile { get; set; } = string.Empty;

    /// <summary>Root keys of peers admitted without the fleet secret, at most 64.</summary>
    public IList<string> PinnedRoots { get; } = [];

    /// <summary>Tunnels at most, 1 to 100,000.</summary>
    public int MaxTunnels { get; set; } = 256;

    /// <summary>Silence after which a tunnel asks for a sign of life, 1 to 30 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for one attempt to open a session, 500 ms to 15 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Relays that the node keeps leases at, at most 8, best two in places that do not fail together.</summary>
    public IList<MeshRelay> Relays { get; } = [];

    /// <summary>True when the node forwards for members of its fleet, whose packets it cannot read. Its endpoint has to be reachable by all of them.</summary>
    public bool IsRelay { get; set; }

    /// <summary>IP address and TCP port where a relay takes connections of clients that UDP does not get through from, as <c>0.0.0.0:443</c>; empty for nowhere.</summary>
    public string RelayWebSocketBind { get; set; } = string.Empty;

    /// <summary>Whether relays may carry what no direct path can. False: they find direct paths and carry nothing else; what has none fails as <see cref="MeshErrorCode.NoDirectPath"/>.</summary>
    public bool RelayFallback { get; set; } = true;

    /// <summary>Whether the gateway of the local network is asked to let others in to this node's port. A node bound to loopback never asks.</summary>
    public bool PortMapping { get; set; } = true;

    /// <summary>Whether the node takes part in guessing ports where NATs give each peer another one. False, on either side: such pairs stay on their relay.</summary>
    public bool Punching { get; set; } = true;

    /// <summary>Where the node says it is, kebab-case; empty when it says nothing.</summary>
    public string Region { get; set; } = string.Empty;

    /// <summary>Makes the node a member of its fleet's cluster; null: it is none, or the program sets that up itself.</summary>
    public MeshClusterOptions? Cluster { get; set; }

    /// <summary>The directories this node registers in and asks; none: it knows its own agents only.</summary>
    public IList<MeshBackbone> Backbones { get; } = [];

    /// <summary>How long a registration counts without renewal, 1 minute to 7 days.</summary>
    public TimeSpan RegistrationTtl { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a peer that was found is remembered, 30 to 60 s.</summary>
    public TimeSpan CacheTtl { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>True when the node is a directory for others.</summary>
    public bool IsBackbone { get; set; }

    /// <summary>Tasks of other nodes and this one that run or wait here, at least 1; beyond, they are refused as busy.</summary>
    public int MaxRunningTasks { get; set; } = 1_024;

    /// <summary>The same for each agent, at least 1; an agent works on one task at a time.</summary>
    public int MaxRunningTasksPerAgent { get; set; } = 64;

    /// <summary>The first wait before a task is tried again, 1 ms to 10 s; doubles, with jitter.</summary>
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>No wait is longer; at least <see cref="FirstRetryDelay"/>.</summary>
    public TimeSpan LargestRetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Attempts of one task, 1 to 32.</summary>
    public int MaxAttempts { get; set; } = 32;

    /// <summary>Is told of every task an agent of this node begins; null when nobody wants to know.</summary>
    public ITaskJournal? Journal { get; set; }

    /// <summary>Identity, trust, time and chance handed in by code; null: from the options above and the machine.</summary>
    internal MeshTransportSetup? Transport { get; set; }

    /// <summary>How callers try and give up.</summary>
    internal TaskCallSettings Calls => new()
    {
        FirstDelay = FirstRetryDelay,
        LargestDelay = LargestRetryDelay,
        MaxAttempts = MaxAttempts,
    };

    /// <summary>The bounds of the worker.</summary>
    internal TaskRegisterSettings Work => new()
    {
        MaxRunning = MaxRunningTasks,
        MaxRunningPerAgent = MaxRunningTasksPerAgent,
    };

    /// <summary>Checks what the parts below do not check themselves.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names it.</exception>
    internal void Check()
    {
        Require(Region.Length == 0 || KebabCase.IsValid(Region), nameof(Region), "kebab-case, as eu-west");
        Require(MaxRunningTasks >= 1, nameof(MaxRunningTasks), "at least 1");
        Require(MaxRunningTasksPerAgent >= 1, nameof(MaxRunningTasksPerAgent), "at least 1");
        Require(MaxAttempts is >= 1 and <= 32, nameof(MaxAttempts), "1 to 32");
        Require(
            FirstRetryDelay >= TimeSpan.FromMilliseconds(1) && FirstRetryDelay <= TimeSpan.FromSeconds(10),
            nameof(FirstRetryDelay),
            "1 ms to 10 s");
        _ = DiscoveryOptions.Read(this);
        _ = Cluster?.ReadSeedNodes();
        Require(LargestRetryDelay >= FirstRetryDelay, nameof(LargestRetryDelay), "at least FirstRetryDelay");
    }

    private static void Require(bool holds, string name, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"MeshOptions.{name} is out of range: {range}.", name);
        }
    }
}
