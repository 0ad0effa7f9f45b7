using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Nat;

namespace MeshActors.NatLab;

/// <summary>The rules by which Linux is a NAT of a kind. <c>out</c> is the device towards the internet, <c>in</c> the other one.</summary>
/// <remarks>
/// Linux keeps a connection for each pair of endpoints, so what it maps by itself depends on address and port of the destination; <c>masquerade</c>
/// keeps the port where no other connection to the same destination has it, by which one host alone sees a mapping for all destinations. What comes
/// from outside and belongs to no connection is for the box itself, where it has to be dropped: else it is a connection that has the port, and
/// what the host then sends gets another one.
/// </remarks>
internal static class LabRules
{
    /// <summary>First of the ports that sequential mappings get.</summary>
    private const int FirstPort = 20_000;

    /// <summary>How many there are.</summary>
    private const int Ports = 4_096;

    private const string Own = """
          chain own {
            type filter hook input priority filter
            iifname "out" ct state new drop
          }
        """;

    /// <summary>What all cones have: the host behind an outside port, as the last packet from inside told it. One host alone may be inside.</summary>
    private const string Cone = """
          map cone {
            type inet_service : ipv4_addr . inet_service
            flags dynamic,timeout
            timeout 60s
          }
        """;

    /// <summary>The boxes of a kind, the innermost first, as what <c>nft</c> reads.</summary>
    /// <param name="kind">A kind of the matrix.</param>
    /// <param name="outside">The outside address of its only translating box, where the rules have to name it.</param>
    public static IReadOnlyList<string> Of(NatKind kind, string outside) => kind.Name switch
    {
        "open" => [],
        "full-cone" => [Table(Cone, Note(), Enter("dnat ip to udp dport map @cone"), Leave("masquerade"), Own)],
        "address-restricted" =>
        [
            Table(
                Cone,
                """
                  set sent {
                    type ipv4_addr . inet_service
                    flags dynamic,timeout
                    timeout 60s
                  }
                """,
                Note("iifname \"in\" update @sent { ip daddr . udp sport }"),
                Enter("ip saddr . udp dport @sent dnat ip to udp dport map @cone"),
                Leave("masquerade"),
                Own),
        ],
        "port-restricted" => [Table(Leave("masquerade"), Own)],
        "sequential-symmetric" => [Table(Leave($"meta l4proto udp snat ip to {outside} : numgen inc mod {Ports} map {{ {Row()} }}"), Own)],
        "random-symmetric" => [Table(Leave("masquerade fully-random"), Own)],
        "double-nat" => [Table(Leave("masquerade"), Own), Table(Leave("masquerade"), Own)],
        "udp-blocked" =>
        [
            Table(
                """
                  chain pass {
                    type filter hook forward priority filter
                    meta l4proto udp drop
                  }
                """,
                Leave("masquerade"),
                Own),
        ],
        _ => throw new ArgumentException($"The laboratory has no rules for {kind}.", nameof(kind)),
    };

    private static string Table(params IEnumerable<string> parts) => $"table ip lab {{\n{string.Join('\n', parts)}\n}}\n";

    private static string Note(string more = "") => $$"""
          chain note {
            type filter hook forward priority filter
            iifname "in" update @cone { udp sport : ip saddr . udp sport }
            {{more}}
          }
        """;

    private static string Enter(string rule) => $$"""
          chain enter {
            type nat hook prerouting priority dstnat
            iifname "out" {{rule}}
          }
        """;

    private static string Leave(string rule) => $$"""
          chain leave {
            type nat hook postrouting priority srcnat
            oifname "out" {{rule}}
          }
        """;

    /// <summary>A row of ports goes through a map: nft 1.0.6 stores ports that <c>numgen</c> makes the wrong way round.</summary>
    private static string Row() => string.Join(", ", Enumerable.Range(0, Ports).Select(i => $"{i} : {FirstPort + i}"));
}
