using MeshActors.Discovery;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Peers;

/// <summary>What <see cref="PeerCache"/> tells its owner.</summary>
internal abstract record PeerCacheEvent;

/// <summary>The directory is to be asked.</summary>
internal sealed record QuestionDue(RecordQuestion Question) : PeerCacheEvent;

/// <summary>An asker is to be answered.</summary>
internal sealed record AnswerDue(long Token, Candidates Answer) : PeerCacheEvent;

/// <summary>The directory has named a peer, for the first time or again.</summary>
internal sealed record PeerNamed(PeerRecord Peer) : PeerCacheEvent;

/// <summary>A peer is remembered no more.</summary>
internal sealed record PeerDropped(MeshAddress Peer) : PeerCacheEvent;
