using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Akka.Configuration;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;

namespace MeshActors.Fuzz.Targets;

/// <summary>What people write: addresses, keys, secrets, settings.</summary>
internal static class TextReaders
{
    public static readonly FuzzTarget MeshAddresses = new(
        "mesh-address", RunMeshAddress, () => Texts("0:A91F.0000.7C2E", "65534:a91f.0000.7c2e", "A91F.0000.7C2E"));

    public static readonly FuzzTarget Endpoints = new(
        "endpoint",
        RunEndpoint,
        () => Texts("192.0.2.1:7400", "[2001:db8::1]:7400", "[fe80::1%3]:1", SimIdentities.Of(0).Root.ToString()));

    public static readonly FuzzTarget FleetSecrets = new("fleet-secret", RunFleetSecret, FleetSecretSeeds);

    /// <summary>Keys and values, each behind its length: Akka's own parser does not end for every text that is no HOCON.</summary>
    public static readonly FuzzTarget Settings = new("settings", RunSettings, SettingsSeeds);

    private static readonly string[] Keys =
        [.. MeshTransportSettings.Defaults.AsEnumerable().Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static void RunMeshAddress(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (MeshAddress.TryParse(text, null, out var address))
        {
            Finding.Unless(
                address.ToString().EndsWith(text, StringComparison.OrdinalIgnoreCase) || text.StartsWith('0'),
                "an address is written as it was read");
            Finding.Unless(MeshAddress.Parse(address.ToString()) == address, "an address is read as it was written");
            Span<byte> bytes = stackalloc byte[MeshAddress.Size];
            address.Write(bytes);
            Finding.Unless(MeshAddress.TryRead(bytes, out var again) && again == address, "an address survives the wire");
        }

        if (MeshAddress.TryParseAkka(text, 1 + input.Length, out var named))
        {
            Finding.Unless(named.Realm == input.Length, "the port names the realm");
        }

        if (MeshAddress.TryRead(input, out var read))
        {
            Finding.Unless(MeshAddress.Parse(read.ToString()) == read, "an address is read as it was written");
        }
    }

    private static void RunEndpoint(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (UdpEndpoint.TryParse(text, out var endpoint))
        {
            Finding.Unless(UdpEndpoint.TryParse(endpoint.ToString(), out var again), "an endpoint is read as it was written");
            Finding.Unless(again == endpoint, $"{endpoint} stays itself");
        }

        if (RootKey.TryParse(text, out var key))
        {
            Finding.Unless(key.ToString().Equals(text, StringComparison.OrdinalIgnoreCase), "a root key is written as it was read");
        }

        _ = HostNames.IsValid(text);
    }

    private static IEnumerable<byte[]> FleetSecretSeeds()
    {
        using var secret = SimIdentities.Secret();
        var text = new char[FleetSecret.TextLength];
        secret.WriteText(text);
        yield return [0, .. Encoding.UTF8.GetBytes(text)];
        yield return [0, .. Encoding.UTF8.GetBytes($"  {new string(text)}\n")];
        yield return [1, .. new byte[FleetSecret.Size]];
    }

    private static void RunFleetSecret(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        // With another first byte the text is made whole: the fuzzer cannot find a checksum.
        var text = input[0] == 0 ? Encoding.UTF8.GetString(input[1..]) : WithChecksum(input[1..]);
        FleetSecret secret;
        try
        {
            secret = FleetSecret.Parse(text);
        }
        catch (FormatException refusal)
        {
            Finding.Unless(input[0] == 0 || input.Length != 1 + FleetSecret.Size, "a whole secret is read");
            Finding.Unless(
                text.Trim().Length < 20 || !refusal.Message.Contains(text.Trim(), StringComparison.Ordinal), "a refusal does not repeat the text");
            return;
        }

        using (secret)
        {
            var written = new char[FleetSecret.TextLength];
            secret.WriteText(written);
            Finding.Unless(
                new string(written).Equals(text.Trim(), StringComparison.OrdinalIgnoreCase), "a secret is written as it was read");
        }
    }

    private static string WithChecksum(ReadOnlySpan<byte> secret)
    {
        var hash = SHA256.HashData([.. "MeshActors fleet secret 1"u8, .. secret]);
        byte[] bytes = [.. secret, .. hash.AsSpan(0, 4)];
        var letters = new char[Base32.LengthOf(bytes.Length)];
        Base32.Write(bytes, letters);
        return "mesh-fleet-1-" + new string(letters);
    }

    private static IEnumerable<byte[]> SettingsSeeds()
    {
        string[] values = ["node.example", "7400", "2 s", "250 ms", "4 MiB", "1", SimIdentities.Of(0).Root.ToString(), ""];
        foreach (var value in values)
        {
            yield return
            [
                .. Enumerable.Range(0, Keys.Length).SelectMany(
                    key => (byte[])[(byte)key, (byte)value.Length, .. Encoding.UTF8.GetBytes(value)]),
            ];
        }
    }

    private static void RunSettings(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var text = new StringBuilder();
        while (!script.IsOver)
        {
            var key = script.Byte();
            var value = script.Byte();
            text.Append(key < 128 ? Keys[key % Keys.Length] : $"k{key}").Append(value < 128 ? " = " : " = [");
            Quote(text, Encoding.UTF8.GetString(script.Take(value & 0x7F)));
            text.Append(value < 128 ? "\n" : "]\n");
        }

        var section = ConfigurationFactory.ParseString(text.ToString());
        try
        {
            var settings = MeshTransportSettings.FromConfig(section, TimeSpan.FromSeconds(15));
            Finding.Unless(settings.MaxTunnels is >= 1 and <= 100_000, "settings are within their bounds");
        }
        catch (ConfigurationException)
        {
            // What is wrong is said in one way.
        }
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var letter in value)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        text.Append('"');
    }
}
