using System;
using System.Linq;
using MeshActors.Discovery;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Wire;

namespace MeshActors.Backbone;

/// <summary>What a backbone answers: each request of an authenticated node to one reply.</summary>
/// <remarks>
/// A node speaks for itself alone: root key and address of its record must be those its tunnel proved. Every request gets
/// exactly one reply with its id.
/// </remarks>
internal sealed class DirectoryService
{
    private readonly RecordTable _table;

    public DirectoryService(RecordTable table)
    {
        _table = table;
    }

    /// <summary>Answers one request.</summary>
    /// <param name="request">Off the network, may hold anything.</param>
    /// <param name="peer">Who sent it, as the handshake proved; the first endpoint is where it is seen.</param>
    /// <param name="now">The time.</param>
    /// <param name="utcNow">Wall time, for the validity of certificates.</param>
    public DirectoryReply Answer(DirectoryRequest request, PeerRecord peer, MonoTime now, DateTimeOffset utcNow)
    {
        var reply = request.KindCase switch
        {
            DirectoryRequest.KindOneofCase.Register => Register(request.Register, peer, now, utcNow),
            DirectoryRequest.KindOneofCase.Renew => Renew(request.Renew, peer, now),
            DirectoryRequest.KindOneofCase.Release => Release(request.Release, peer),
            DirectoryRequest.KindOneofCase.Query => Query(request.Query, now),
            _ => Refuse(DirectoryRefusalCode.Unsupported, "this backbone does not know that kind of request"),
        };
        reply.Id = request.Id;
        return reply;
    }

    private static DirectoryReply Refuse(DirectoryRefusalCode code, string detail, ulong sequence = 0) =>
        new() { Refusal = new DirectoryRefusal { Code = code, Detail = detail, Sequence = sequence } };

    /// <summary>True when the certificate is the one the tunnel proved, or another the same root signed that is valid.</summary>
    private static bool IsOfThePeer(NodeCertificate certificate, PeerRecord peer, DateTimeOffset utcNow) =>
        certificate.Root == peer.Root
        && certificate.Address == peer.Address
        && (certificate == peer.Certificate || (certificate.IsValidAt(utcNow) && certificate.VerifySignature()));

    /// <summary>The endpoint the backbone sees goes first: it is the one that has worked.</summary>
    private static NodeRecord WithObserved(NodeRecord record, PeerRecord peer) => record with
    {
        Peer = record.Peer with
        {
            Endpoints =
            [
                .. peer.Endpoints.Take(1).Union(record.Peer.Endpoints).Take(RecordLimits.MaxEndpoints),
            ],
        },
    };

    private DirectoryReply Register(RegisterRecord message, PeerRecord peer, MonoTime now, DateTimeOffset utcNow)
    {
        if (!RecordCodec.TryRead(message, out var record))
        {
            return Refuse(DirectoryRefusalCode.Malformed, "a field of the record is missing or out of its bounds");
        }

        if (!IsOfThePeer(record.Peer.Certificate, peer, utcNow))
        {
            return Refuse(DirectoryRefusalCode.NotYours, "the record is not about the node of this tunnel");
        }

        var lease = TimeSpan.FromSeconds(message.LeaseSeconds);
        switch (_table.Register(WithObserved(record, peer), lease, now, out var held))
        {
            case RegisterOutcome.Registered when held is not null:
                return new DirectoryReply { Registered = Describe(held, peer) };
            case RegisterOutcome.AddressTaken:
                return Refuse(DirectoryRefusalCode.AddressTaken, "another root key holds the address under a lease");
            case RegisterOutcome.StaleRecord:
                return Refuse(
                    DirectoryRefusalCode.StaleRecord, "a newer record is there", held?.Record.Sequence ?? 0);
            default:
                return Refuse(DirectoryRefusalCode.Full, "the directory holds as many records as it may");
        }
    }

    private static RecordRegistered Describe(RecordEntry held, PeerRecord peer) => new()
    {
        RecordId = held.Id,
        LeaseSeconds = (uint)held.Lease.TotalSeconds,
        BeatSeconds = (uint)RecordLimits.Beat.TotalSeconds,
        Observed = peer.Endpoints.IsEmpty ? null : EndpointCodec.ToWire(peer.Endpoints[0]),
    };

    private DirectoryReply Renew(RenewRecord message, PeerRecord peer, MonoTime now) =>
        _table.Renew(message.RecordId, new RecordKey(peer.Address, peer.Root), message.Sequence, now)
            ? new DirectoryReply { Renewed = new RecordRenewed() }
            : Refuse(DirectoryRefusalCode.UnknownRecord, "no such record of this node: register again");

    private DirectoryReply Release(ReleaseRecord message, PeerRecord peer) =>
        _table.Release(message.RecordId, new RecordKey(peer.Address, peer.Root))
            ? new DirectoryReply { Released = new RecordReleased() }
            : Refuse(DirectoryRefusalCode.UnknownRecord, "no such record of this node");

    private DirectoryReply Query(QueryRecords message, MonoTime now)
    {
        if (!RecordCodec.TryRead(message, out var question))
        {
            return Refuse(DirectoryRefusalCode.Malformed, "a field of the question is missing or out of its bounds");
        }

        var limit = message.Limit is 0 or > RecordLimits.MaxMatches ? RecordLimits.MaxMatches : (int)message.Limit;
        var answer = _table.Query(question, limit, now);
        return new DirectoryReply
        {
            Result = new QueryResult
            {
                Records = { answer.Matches.Select(RecordCodec.ToWire) },
                Similar = { answer.Similar },
            },
        };
    }
}
