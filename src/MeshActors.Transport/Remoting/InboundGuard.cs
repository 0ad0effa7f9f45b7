using System;
using System.Text;
using Akka.Event;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>Stands between associations and Akka where <c>allowed-manifests</c> is set, and warns of what it refuses; on the driver loop.</summary>
internal sealed class InboundGuard
{
    /// <summary>Of texts that a peer chose, bytes of it that a warning repeats.</summary>
    private const int LongestQuote = 256;

    private readonly ManifestGuard _guard;
    private readonly RefusalWarnings _warnings = new();
    private readonly Clock _clock;
    private readonly ILoggingAdapter _log;

    public InboundGuard(ManifestGuard guard, Clock clock, ILoggingAdapter log)
    {
        _guard = guard;
        _clock = clock;
        _log = log;
    }

    /// <summary>Judges a payload of a peer.</summary>
    public ManifestVerdict Judge(ReadOnlySpan<byte> payload, MeshAddress peer)
    {
        var verdict = _guard.Judge(payload, out var address);
        if (verdict != ManifestVerdict.Pass && _warnings.HandleRefused(address.Manifest, address.Sender, _clock.Now) is > 0 and var count)
        {
            Warn(verdict, address, peer, count);
        }

        return verdict;
    }

    private void Warn(ManifestVerdict verdict, in PayloadAddress message, MeshAddress peer, long count)
    {
        var type = message.Manifest.IsEmpty ? "no manifest" : Quote(message.Manifest);
        var sender = message.Sender.IsEmpty ? "no sender" : Quote(message.Sender);
        _log.Warning(
            verdict == ManifestVerdict.Drop
                ? "message dropped ({0} since the last warning): type {1} of serializer {2}, from {3} at node {4} to {5}, is not in akka.remote.mesh.allowed-manifests; "
                    + "add it, or serializer:{2}, if this node takes it"
                : "association ended ({0}): a system message or what cannot be read, type {1} of serializer {2}, from {3} at node {4} to {5}, is not in akka.remote.mesh.allowed-manifests",
            count,
            type,
            message.Serializer,
            sender,
            peer,
            Quote(message.Recipient));
    }

    /// <summary>Text that a peer chose: cut, and without control characters.</summary>
    private static string Quote(ReadOnlySpan<byte> text)
    {
        var characters = Encoding.UTF8.GetString(text[..Math.Min(text.Length, LongestQuote)]).ToCharArray();
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = char.IsControl(characters[i]) ? '?' : characters[i];
        }

        return new string(characters);
    }
}
