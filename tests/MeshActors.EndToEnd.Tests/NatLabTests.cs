using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using MeshActors.NatLab;
using MeshActors.TestKit.Nat;
using MeshActors.Transport.Stun;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

public sealed class NatLabTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>A machine that is busy elsewhere holds processes up for longer than a cut may cost; the simulator holds the bound in every run.</summary>
    private const int CutAttempts = 3;

    private static readonly string[] TellingPairs =
    [
        "open:port-restricted",
        "port-restricted:port-restricted",
        "full-cone:sequential-symmetric",
        "sequential-symmetric:port-restricted",
        "random-symmetric:address-restricted",
        "random-symmetric:random-symmetric",
        "sequential-symmetric:sequential-symmetric",
        "double-nat:double-nat",
        "udp-blocked:port-restricted",
        "udp-blocked:udp-blocked",
    ];

    [NatLabFact]
    public async Task NATs_that_Linux_plays_are_measured_to_be_what_the_simulator_calls_by_their_names()
    {
        var lines = await RunAsync("kinds");

        Assert.Equal(NatKinds.Matrix.Select(kind => kind.Name), lines[..^1].Select(line => (string)line["nat"]!));
        Assert.Equal("AddressDependent", (string?)lines.Single(line => (string?)line["nat"] == "address-restricted")["filtering"]);
    }

    [NatLabFact]
    public async Task Plain_datagrams_come_through_NATs_of_Linux_exactly_where_the_oracle_says_yes()
    {
        var lines = await RunAsync("pairs", "port-restricted", "sequential-symmetric", "random-symmetric");

        Assert.Equal(
            [true, true, false, true, false, false], lines[..^1].Select(line => (bool)line["found"]!));
    }

    [NatLabFact]
    public async Task Real_nodes_behind_NATs_of_Linux_find_the_path_that_the_oracle_names()
    {
        var lines = await RunAsync(["matrix", .. TellingPairs.SelectMany(pair => (string[])["--pair", pair])]);

        Assert.Equal(TellingPairs, lines[..^1].Select(line => $"{line["a"]}:{line["b"]}"));
        Assert.All(lines[..^1], line => Assert.Equal((string?)line["expectedPath"], (string?)line["path"]));
        Assert.Contains(lines[..^1], line => (string?)line["path"] == "relayed");
    }

    [NatLabFact]
    public async Task Real_nodes_go_on_talking_when_their_path_their_address_or_their_relay_goes_away()
    {
        foreach (var harm in (string[])["CutBetween", "NodeMoves", "RelayDies"])
        {
            var lines = await RunAsync(CutAttempts, "cuts", "--harm", harm);

            Assert.All(lines[..^1], line => Assert.True((long)line["heard"]! > 100, line.ToJsonString()));
        }
    }

    private static Task<List<JsonNode>> RunAsync(params string[] arguments) => RunAsync(attempts: 1, arguments);

    /// <summary>Runs the laboratory, which has to find everything as it should be in one of some attempts, and to leave nothing behind.</summary>
    private static async Task<List<JsonNode>> RunAsync(int attempts, params string[] arguments)
    {
        var name = $"natlabtest{Environment.ProcessId}";
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["MESH_LAB_NAME"] = name },
        };
        start.ArgumentList.Add(typeof(LabRules).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var lab = Process.Start(start)!;
        var output = lab.StandardOutput.ReadToEndAsync();
        var errors = lab.StandardError.ReadToEndAsync();
        await lab.WaitForExitAsync().WaitAsync(Patience);

        if (lab.ExitCode == 1 && attempts > 1)
        {
            return await RunAsync(attempts - 1, arguments);
        }

        Assert.True(lab.ExitCode == 0, await errors + await output);
        Assert.DoesNotContain(Directory.GetFiles("/run/netns"), file => Path.GetFileName(file).StartsWith(name, StringComparison.Ordinal));
        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.True((bool)lines[^1]["pass"]!);
        return lines;
    }

    [Fact]
    public void A_kind_that_behaves_otherwise_is_noticed()
    {
        var cone = new NatFigures(
            NatDependence.EndpointIndependent, NatDependence.AddressAndPortDependent, PortOrder.Preserved, Hairpin: false);

        Assert.Null(KindCheck.Mismatch(NatKinds.PortRestricted, cone));
        Assert.Contains("filters", KindCheck.Mismatch(NatKinds.FullCone, cone), StringComparison.Ordinal);
        Assert.Contains("maps", KindCheck.Mismatch(NatKinds.RandomSymmetric, cone), StringComparison.Ordinal);
        Assert.Contains("ports", KindCheck.Mismatch(NatKinds.PortRestricted, cone with { Ports = PortOrder.Sequential }), StringComparison.Ordinal);
        Assert.Contains("UDP", KindCheck.Mismatch(NatKinds.UdpBlocked, cone), StringComparison.Ordinal);
        Assert.Contains("UDP", KindCheck.Mismatch(NatKinds.Open, null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_discovery_that_is_wrong_is_noticed()
    {
        var cone = new NatFigures(
            NatDependence.EndpointIndependent, NatDependence.AddressDependent, PortOrder.Preserved, Hairpin: false);
        var right = new NatBehaviour(
            EndpointDependence.EndpointIndependent,
            EndpointDependence.AddressDependent,
            new NatPorts(PortPattern.Preserving),
            NatFlags.None);

        Assert.Null(KindCheck.Mismatch(cone, right));
        Assert.Contains("maps", KindCheck.Mismatch(cone, right with { Mapping = EndpointDependence.Unknown }), StringComparison.Ordinal);
        Assert.Contains("filters", KindCheck.Mismatch(cone, right with { Filtering = EndpointDependence.EndpointIndependent }), StringComparison.Ordinal);
        Assert.Contains("ports", KindCheck.Mismatch(cone, right with { Ports = default }), StringComparison.Ordinal);
        Assert.Contains("hairpin", KindCheck.Mismatch(cone, right with { Flags = NatFlags.Hairpin }), StringComparison.Ordinal);
        Assert.Contains("UDP", KindCheck.Mismatch(cone, right with { Flags = NatFlags.UdpBlocked }), StringComparison.Ordinal);
        Assert.Contains("UDP", KindCheck.Mismatch(null, right), StringComparison.Ordinal);
    }
}
