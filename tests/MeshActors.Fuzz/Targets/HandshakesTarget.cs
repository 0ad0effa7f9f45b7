using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>Two nodes that shake hands both ways over a network that the script is, and a third of their fleet that says what it likes.</summary>
/// <remarks>
/// Keys are real. Nothing that was changed on its way is taken; an attempt is accepted once; both ends of an attempt hold the same keys; a reply is
/// shorter than what caused it; all keys are given back.
/// </remarks>
internal sealed class HandshakesTarget : IDisposable
{
    public static readonly FuzzTarget Target = new("handshakes", Run, Seeds);

    private const int MostDatagrams = 24;
    private const int MostOperations = 48;
    private const int MostForged = 6;

    private static readonly SessionKeySlab Slab = new();
    private static readonly FleetSecret Secret = SimIdentities.Secret();

    private readonly HandshakeNode[] _nodes;
    private readonly NodeIdentity _liar = SimIdentities.Of(2);
    private readonly List<Datagram> _flying = [];
    private readonly SimRandom _random = new(99);
    private MonoTime _now = new(0);
    private int _forged;

    private HandshakesTarget(byte settings)
    {
        var limits = (settings & 1) == 0 ? new HandshakeLimits() : new HandshakeLimits { LoadMessages = 1, LoadAnswers = 1 };
        TrustSettings Trust(int peer, bool pins) =>
            new(0, (settings & 2) == 0 ? [Secret] : [], pins ? [SimIdentities.Of(peer).Root, _liar.Root] : []);
        var pinned = (settings & 6) != 0;
        _nodes = [new HandshakeNode(0, Trust(1, pinned), Slab, limits), new HandshakeNode(1, Trust(0, pinned), Slab, limits)];
    }

    private DateTimeOffset UtcNow => SimIdentities.Epoch + TimeSpan.FromHours(1) + (_now - new MonoTime(0));

    public void Dispose()
    {
        _nodes[0].Dispose();
        _nodes[1].Dispose();
    }

    private static IEnumerable<byte[]> Seeds()
    {
        // Dial, send, receive, derive, answer, receive, derive, confirm; both suites and both trusts.
        yield return [0, 0x00, 0, 0x01, 0x02, 0, 0x18, 1, 0x02, 0, 0x08, 1, 0x19, 0x01, 0x02, 0];
        yield return [1, 0x00, 1, 0x01, 0x03, 0, 0x03, 0, 0x02, 0, 0x0A, 0, 0x02, 0, 0x18, 1, 0x02, 0, 0x08, 1];
        yield return [2, 0x10, 0, 0x11, 0x04, 0, 0, 60, 1, 0, 0x04, 0, 4, 150, 1, 1, 0x02, 0, 0x08, 1, 0x02, 0, 0x18, 1];
        yield return [7, 0x00, 3, 0x10, 2, 0x01, 0x11, 0x02, 0, 0x02, 0, 0x08, 1, 0x18, 1, 0x06, 4, 0x01, 0x07, 0x17];

        // Early data, then a restart and the same message again.
        yield return [0, 0x86, 0xFF, 0x08, 0, 0x00, 0, 0x01, 0x03, 0, 0x18, 1, 0x03, 1, 0x17, 0x03, 0, 0x86, 0x96, 0x03, 0, 0x18, 1];

        // The third node: whole payloads, and ones changed here and there.
        yield return [0, 0x0C, 0, 0, 0, 0x18, 1, 0x1C, 0, 9, 1, 0x08, 1, 0x0C, 1, 40, 3, 0x0C, 0, 22, 255, 0x0B, 0xC1, 0x0B, 0xC2];
        yield return [4, 0x00, 0, 0x01, 0x0D, 0, 0, 0, 0, 0x02, 0, 0x08, 1, 0x00, 0, 0x01, 0x0D, 0, 0, 33, 7];
    }

    private static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        using (var target = new HandshakesTarget(script.Byte()))
        {
            for (var operation = 0; operation < MostOperations && !script.IsOver; operation++)
            {
                target.Step(ref script);
            }

            target.CheckKeys();
        }

        Finding.Unless(Slab.Rented == 0, "keys are given back");
    }

    /// <summary>The low four bits of an operation say what, the next one at which node.</summary>
    private void Step(ref Script script)
    {
        var operation = script.Byte();
        var node = _nodes[(operation >> 4) & 1];
        var other = _nodes[1 - node.Number];
        switch (operation & 0xF)
        {
            case 0:
                var how = script.Byte();
                node.Dial(
                    other.Identity.Certificate, (CipherSuite)(1 + (how & 1)), (how >> 1) & 1, _now, UtcNow);
                break;
            case 1:
                foreach (var message1 in node.Poll(_now))
                {
                    Fly(node.Number, other.Number, message1, isTrue: true);
                }

                break;
            case 2 when TryPick(ref script, out var at):
                Deliver(_flying[at]);
                _flying.RemoveAt(at);
                break;
            case 3 when TryPick(ref script, out var at):
                Deliver(_flying[at]);
                break;
            case 4 when TryPick(ref script, out var at):
                DeliverChanged(_flying[at], script.UInt16(), script.Byte(), restamp: script.Byte() % 2 != 0);
                break;
            case 5 when TryPick(ref script, out var at):
                _flying.RemoveAt(at);
                break;
            case 6:
                _now += TimeSpan.FromMilliseconds(script.Byte() * (operation < 0x80 ? 10 : 1_000));
                _nodes[0].HandleTimeout(_now, UtcNow);
                _nodes[1].HandleTimeout(_now, UtcNow);
                break;
            case 7:
                node.Restart();
                break;
            case 8:
                Answer(node.Number, other.Number, node.Derive(holds: script.Byte() != 0, _now));
                break;
            case 9:
                node.HandleConfirmed();
                break;
            case 10 when TryPick(ref script, out var at):
                FillCookie(_flying[at]);
                break;
            case 11:
                byte[] raw = [script.Byte(), .. script.Take(script.UInt16() % HandshakeMessage1.Size)];
                Deliver(new Datagram(other.Number, node.Number, raw, IsTrue: false));
                break;
            case 12:
                Lie(node, ref script);
                break;
            case 13 when TryPick(ref script, out var at):
                LieInAnswer(_flying[at], ref script);
                break;
            default:
                break;
        }
    }

    private bool TryPick(ref Script script, out int at)
    {
        var pick = script.Byte();
        at = _flying.Count > 0 ? pick % _flying.Count : 0;
        return _flying.Count > 0;
    }

    private void Fly(int from, int to, byte[] bytes, bool isTrue)
    {
        if (_flying.Count < MostDatagrams)
        {
            _flying.Add(new Datagram(from, to, bytes, isTrue));
        }
    }

    private void Answer(int from, int to, ReadOnlyMemory<byte> reply)
    {
        if (!reply.IsEmpty)
        {
            Fly(from, to, reply.ToArray(), isTrue: true);
        }
    }

    /// <returns>True when somebody took it.</returns>
    private bool Deliver(Datagram datagram)
    {
        var node = _nodes[datagram.To];
        if (datagram.Bytes.Length == 0 || datagram.Bytes[0] != DatagramType.HandshakeMessage1)
        {
            return node.HandleReply(datagram.Bytes, UtcNow);
        }

        var from = _nodes[datagram.From % 2].Endpoint with { Port = (ushort)(7400 + datagram.From) };
        var taken = node.HandleMessage1(datagram.Bytes, from, _now, UtcNow, out var reply);
        Finding.Unless(reply.Length < datagram.Bytes.Length, "a reply is shorter than what caused it");
        Answer(node.Number, datagram.From % 2, reply);
        return taken;
    }

    private void DeliverChanged(Datagram datagram, int offset, byte change, bool restamp)
    {
        var bytes = (byte[])datagram.Bytes.Clone();
        offset %= bytes.Length;
        bytes[offset] ^= change;
        var isMessage1 = bytes.Length == HandshakeMessage1.Size && bytes[0] == DatagramType.HandshakeMessage1;
        if (isMessage1 && restamp && offset < HandshakeMessage1.MacOffset)
        {
            Stamp(bytes, _nodes[datagram.To], datagram.From);
        }

        var taken = Deliver(datagram with { Bytes = bytes });

        // The cookie field is for the source's address alone, and a node without load takes no notice of an empty one.
        Finding.Unless(
            !taken || change == 0 || !datagram.IsTrue || (isMessage1 && offset >= HandshakeMessage1.CookieOffset),
            "what was changed on its way is not taken");
    }

    /// <summary>Makes mac1 fit, as only a member of the fleet or who knows the key could.</summary>
    private static void Stamp(byte[] message1, HandshakeNode responder, int from)
    {
        var context = responder.Trust.ContextsFor(SimIdentities.Of(from).Root)[0];
        using var mac = HandshakeKeying.Mac1(responder.Identity.Certificate.StaticKey, context);
        mac.Write(
            message1.AsSpan(0, HandshakeMessage1.MacOffset), message1.AsSpan(HandshakeMessage1.MacOffset, HandshakeMessage1.MacSize));
    }

    private void FillCookie(Datagram datagram)
    {
        if (_nodes[datagram.From % 2].Cookie is { } cookie && datagram.Bytes.Length == HandshakeMessage1.Size)
        {
            CookieSecrets.WriteMac2(cookie, datagram.Bytes);
        }
    }

    /// <summary>A first message of the third node: its own keys, a payload that is changed as the script says.</summary>
    private void Lie(HandshakeNode responder, ref Script script)
    {
        var suite = (CipherSuite)(1 + (script.Byte() & 1));
        var change = Change(ref script);
        if (++_forged > MostForged || !suite.IsSupported())
        {
            return;
        }

        var context = responder.Trust.ContextsFor(_liar.Root)[0];
        var payload = new byte[HandshakeMessage1.PayloadSize];
        var timestamp = AttemptTimestamps.Of(UtcNow) + (ulong)_forged;
        _liar.Certificate.Write(
            HandshakeMessage1.WritePayload(payload, timestamp, new HandshakeFields(1, 2, 3), NodeCertificate.Size));
        change.Apply(payload);
        var message1 = new byte[HandshakeMessage1.Size];
        HandshakeMessage1.WriteHeader(message1, (byte)suite);
        using var noise = HandshakeKeying.Noise(
            Slab, suite, initiator: true, _liar, responder.Identity.Certificate.Address, responder.Identity.Certificate.StaticKey, context);
        noise.UseEphemeral(X25519KeyPair.Generate(_random));
        Finding.Unless(
            noise.TryWriteMessage(payload, message1.AsSpan(HandshakeMessage1.HeaderSize), out _), "a handshake can be begun");
        Stamp(message1, responder, from: 2);
        Fly(from: 2, responder.Number, message1, isTrue: false);
    }

    /// <summary>A second message of whoever holds a node's keys, its payload changed as the script says.</summary>
    private void LieInAnswer(Datagram datagram, ref Script script)
    {
        var suite = (CipherSuite)(1 + (script.Byte() & 1));
        var change = Change(ref script);
        if (datagram.From == 2 || datagram.Bytes.Length != HandshakeMessage1.Size || ++_forged > MostForged || !suite.IsSupported())
        {
            return;
        }

        var own = _nodes[datagram.To].Identity;
        foreach (var context in _nodes[datagram.To].Trust.ContextsFor(SimIdentities.Of(datagram.From).Root))
        {
            using var noise = HandshakeKeying.Noise(
                Slab, suite, initiator: false, own, own.Certificate.Address, responderKey: null, context);
            var opened = new byte[HandshakeMessage1.Size];
            var sealedPart = datagram.Bytes.AsSpan(HandshakeMessage1.HeaderSize..HandshakeMessage1.MacOffset);
            if (!noise.TryReadMessage(sealedPart, opened, out var length)
                || !HandshakeMessage1.TryReadPayload(opened.AsSpan(0, length), out _, out var fields, out _))
            {
                continue;
            }

            var payload = new byte[HandshakeMessage2.PayloadSize];
            own.Certificate.Write(new HandshakeFields(1, 2, 3).Write(payload, NodeCertificate.Size));
            change.Apply(payload);
            var message2 = new byte[HandshakeMessage2.Size];
            HandshakeMessage2.WriteHeader(message2, (byte)suite, fields.ConnectionId);
            noise.UseEphemeral(X25519KeyPair.Generate(_random));
            Finding.Unless(
                noise.TryWriteMessage(payload, message2.AsSpan(HandshakeMessage2.HeaderSize), out _), "a handshake can be answered");
            Fly(datagram.To, datagram.From, message2, isTrue: false);
            return;
        }
    }

    private static PayloadChange Change(ref Script script) => new(script.UInt16(), script.Byte());

    /// <summary>Where both ends of an attempt have a session of one life of the responder, what one seals the other opens.</summary>
    private void CheckKeys()
    {
        foreach (var node in _nodes)
        {
            foreach (var (attempt, dialled) in node.Dialled)
            {
                var responder = _nodes[1 - node.Number];
                if (!responder.Answered.TryGetValue(attempt, out var answered)
                    || dialled.PeerIncarnation != responder.Life
                    || _forged > 0)
                {
                    continue;
                }

                var text = new byte[20];
                dialled.Keys.Send.Seal(0, 1, [], text);
                Finding.Unless(answered.Keys.Receive.TryOpen(0, 1, [], text), "both ends hold the initiator's key");
                answered.Keys.Send.Seal(0, 1, [], text);
                Finding.Unless(dialled.Keys.Receive.TryOpen(0, 1, [], text), "both ends hold the responder's key");
                Finding.Unless(dialled.Context.FleetId == answered.Context.FleetId, "both ends proved the same");
            }
        }
    }

    private readonly record struct Datagram(int From, int To, byte[] Bytes, bool IsTrue);

    /// <summary>A byte of a payload and what it is changed by; nothing when that is 0.</summary>
    private readonly record struct PayloadChange(int Offset, byte By)
    {
        public void Apply(byte[] payload) => payload[Offset % payload.Length] ^= By;
    }
}
