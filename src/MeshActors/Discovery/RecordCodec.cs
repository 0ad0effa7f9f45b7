using System;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Google.Protobuf;
using Google.Protobuf.Collections;
using MeshActors.Capabilities;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Wire;

namespace MeshActors.Discovery;

/// <summary>Records and questions as messages of <c>directory.proto</c> and back; what comes back is within all bounds.</summary>
internal static class RecordCodec
{
    private const double Millionths = 1_000_000;

    public static RegisterRecord ToRegister(NodeRecord record, TimeSpan lease) => new()
    {
        Sequence = record.Sequence,
        Certificate = ToWire(record.Peer.Certificate),
        Endpoints = { record.Peer.Endpoints.Take(RecordLimits.MaxEndpoints).Select(EndpointCodec.ToWire) },
        Region = record.Region ?? string.Empty,
        Capabilities = { record.Capabilities.Select(ToWire) },
        LeaseSeconds = (uint)lease.TotalSeconds,
        Relays = { record.Peer.Relays.Take(RecordLimits.MaxRelays).Select(ToWire) },
    };

    /// <summary>Reads what a node says about itself; whether it may say so is asked elsewhere.</summary>
    public static bool TryRead(RegisterRecord message, [NotNullWhen(true)] out NodeRecord? record)
    {
        record = null;
        if (message.Sequence == 0
            || message.CalculateSize() > RecordLimits.MaxBytes
            || !TryReadPeer(message.Certificate, message.Endpoints, message.Relays, out var peer)
            || !TryReadName(message.Region, out var region)
            || !TryRead(message.Capabilities, out var capabilities))
        {
            return false;
        }

        record = new NodeRecord(peer, region, message.Sequence, capabilities);
        return true;
    }

    public static WireRecord ToWire(RecordMatch match) => new()
    {
        Certificate = ToWire(match.Record.Peer.Certificate),
        Endpoints = { match.Record.Peer.Endpoints.Select(EndpointCodec.ToWire) },
        Region = match.Record.Region ?? string.Empty,
        Sequence = match.Record.Sequence,
        Capabilities = { match.Record.Capabilities.Select(ToWire) },
        UptimeMillionths = (uint)(match.Uptime * Millionths),
        Relays = { match.Record.Peer.Relays.Select(ToWire) },
    };

    /// <summary>Reads a record of an answer. The certificate's signature is verified here, not the address derivation.</summary>
    public static bool TryRead(WireRecord message, [NotNullWhen(true)] out RecordMatch? match)
    {
        match = null;
        if (message.UptimeMillionths > Millionths
            || !TryReadPeer(message.Certificate, message.Endpoints, message.Relays, out var peer)
            || !TryReadName(message.Region, out var region)
            || !TryRead(message.Capabilities, out var capabilities)
            || !peer.Certificate.VerifySignature())
        {
            return false;
        }

        match = new RecordMatch(
            new NodeRecord(peer, region, message.Sequence, capabilities), message.UptimeMillionths / Millionths);
        return true;
    }

    /// <summary>Reads an answer; what in it is out of its bounds is left out.</summary>
    public static (ImmutableArray<RecordMatch> Matches, ImmutableArray<string> Similar) Read(QueryResult result)
    {
        var matches = ImmutableArray.CreateBuilder<RecordMatch>(result.Records.Count);
        foreach (var record in result.Records)
        {
            if (TryRead(record, out var match))
            {
                matches.Add(match);
            }
        }

        var similar = result.Similar.Take(RecordLimits.MaxSimilar).Where(name => KebabCase.IsValid(name));
        return (matches.ToImmutable(), [.. similar]);
    }

    public static QueryRecords ToWire(RecordQuestion question, int limit) => new()
    {
        Capability = question.Capability,
        Limit = (uint)limit,
        Filter = new CapabilityQuestion
        {
            Tags = { question.Filter.Tags },
            Region = question.Filter.Region ?? string.Empty,
            Version = question.Filter.Version?.ToString() ?? string.Empty,
            MinUptimeMillionths = (uint)Math.Ceiling(question.Filter.MinUptime * Millionths),
        },
    };

    public static bool TryRead(QueryRecords message, [NotNullWhen(true)] out RecordQuestion? question)
    {
        question = null;
        var filter = message.Filter ?? new CapabilityQuestion();
        if (!KebabCase.IsValid(message.Capability)
            || filter.Tags.Count > CapabilityBounds.MaxTags
            || !filter.Tags.All(tag => KebabCase.IsValid(tag))
            || !TryReadName(filter.Region, out var region)
            || filter.MinUptimeMillionths > Millionths)
        {
            return false;
        }

        CapabilityVersion? version = null;
        if (filter.Version.Length > 0)
        {
            if (!CapabilityVersion.TryParse(filter.Version, out var wanted))
            {
                return false;
            }

            version = wanted;
        }

        question = new RecordQuestion(message.Capability, new CapabilityFilter
        {
            Tags = filter.Tags,
            Region = region,
            Version = version,
            MinUptime = filter.MinUptimeMillionths / Millionths,
        });
        return true;
    }

    private static ByteString ToWire(NodeCertificate certificate)
    {
        var bytes = new byte[NodeCertificate.Size];
        certificate.Write(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private static ByteString ToWire(MeshAddress address)
    {
        var bytes = new byte[MeshAddress.Size];
        address.Write(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private static WireCapability ToWire(CapabilityDescriptor descriptor) => new()
    {
        Name = descriptor.Name,
        Version = descriptor.Version.ToString(),
        Tags = { descriptor.Tags },
        Metadata = { descriptor.Metadata },
        RequestSchema = descriptor.RequestSchema ?? string.Empty,
        ResultSchema = descriptor.ResultSchema ?? string.Empty,
    };

    private static bool TryReadPeer(
        ByteString certificate,
        RepeatedField<WireEndpoint> endpoints,
        RepeatedField<ByteString> relays,
        [NotNullWhen(true)] out PeerRecord? peer)
    {
        peer = null;
        if (endpoints.Count > RecordLimits.MaxEndpoints || relays.Count > RecordLimits.MaxRelays || !NodeCertificate.TryRead(certificate.Span, out var read))
        {
            return false;
        }

        var list = ImmutableArray.CreateBuilder<UdpEndpoint>(endpoints.Count);
        foreach (var message in endpoints)
        {
            if (!EndpointCodec.TryRead(message, out var endpoint))
            {
                return false;
            }

            list.Add(endpoint);
        }

        var leased = ImmutableArray.CreateBuilder<MeshAddress>(relays.Count);
        foreach (var bytes in relays)
        {
            if (bytes.Length != MeshAddress.Size || !MeshAddress.TryRead(bytes.Span, out var relay))
            {
                return false;
            }

            leased.Add(relay);
        }

        peer = new PeerRecord(read, list.MoveToImmutable()) { Relays = leased.MoveToImmutable() };
        return true;
    }

    private static bool TryRead(
        RepeatedField<WireCapability> messages, out ImmutableArray<CapabilityDescriptor> capabilities)
    {
        capabilities = [];
        if (messages.Count > RecordLimits.MaxCapabilities)
        {
            return false;
        }

        var list = ImmutableArray.CreateBuilder<CapabilityDescriptor>(messages.Count);
        foreach (var message in messages)
        {
            if (!CapabilityVersion.TryParse(message.Version, out var version)
                || !CapabilityDescriptor.TryCreate(
                    message.Name,
                    version,
                    NullIfEmpty(message.RequestSchema),
                    NullIfEmpty(message.ResultSchema),
                    message.Tags,
                    message.Metadata,
                    out var descriptor))
            {
                return false;
            }

            list.Add(descriptor);
        }

        capabilities = list.MoveToImmutable();
        return true;
    }

    private static bool TryReadName(string text, out string? name)
    {
        name = NullIfEmpty(text);
        return name is null || KebabCase.IsValid(name);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
