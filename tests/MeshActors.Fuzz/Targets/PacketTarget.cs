using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Session;

namespace MeshActors.Fuzz.Targets;

/// <summary>Packets between two ends of a session, with whoever is between them: nothing opens twice, and nothing that was not sealed.</summary>
/// <remarks>Every operation is a byte and its arguments. What must open is decided by a plain set of numbers.</remarks>
internal sealed class PacketTarget : IDisposable
{
    public static readonly FuzzTarget Target = new("packets", Run, Seeds);

    private const int MostKept = 48;
    private const int LongestFrames = 64;
    private const ulong ConnectionId = 0x0102_0304_0506_0708;

    private static readonly SessionKeySlab Slab = new();

    private readonly CipherSuite _suite;
    private readonly ulong _limit;
    private readonly List<SealedPacket> _kept = [];
    private readonly HashSet<ulong> _opened = [];
    private PacketProtection _sender;
    private PacketProtection _receiver;
    private ulong _next;
    private ulong _first;
    private ulong _highest;
    private ulong _sealedInSession;
    private int _session;

    private PacketTarget(ref Script script)
    {
        var settings = script.Byte();
        _suite = (settings & 1) == 0 ? CipherSuite.Aes256Gcm : CipherSuite.ChaCha20Poly1305;
        _limit = (settings & 2) == 0 ? PacketProtection.MaxPackets : 1u + ((uint)settings >> 4);
        _next = _first = _highest = (settings & 4) == 0 ? 0 : (1ul << 32) - 5;
        (_sender, _receiver) = Session();
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    private static IEnumerable<byte[]> Seeds() =>
    [
        [0, 0, 0, 3, 0, 0, 5, 0, 1, 9, 2, 0, 2, 0, 2, 1, 2, 2, 3, 1, 40, 1],
        [1, 0, 0, 1, 0, 200, 1, 2, 1, 2, 0, 2, 1, 1, 250, 4, 0, 0, 1, 7, 2, 0],
        [4, 0, 0, 9, 0, 3, 3, 0, 1, 1, 2, 0, 6, 0, 0, 0, 2, 1, 5, 1, 0, 0, 2, 2],
        [0x32, 0, 0, 9, 0, 0, 9, 0, 0, 9, 0, 0, 9, 0, 0, 9, 2, 3, 2, 1, 2, 1, 2, 0],
        [3, 0, 0, 4, 5, 0, 13, 0xE0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 7, 0, 1, 8, 0, 8, 1],
    ];

    private static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        using (var target = new PacketTarget(ref script))
        {
            while (!script.IsOver)
            {
                target.Step(ref script);
            }
        }

        Finding.Unless(Slab.Rented == 0, "keys are given back");
    }

    private void Step(ref Script script)
    {
        switch (script.Byte() % 9)
        {
            case 0:
                Seal(skip: script.Byte(), length: 1 + script.Below(LongestFrames));
                break;
            case 1:
                Seal(skip: script.UInt16() * 64ul, length: 1 + script.Below(LongestFrames));
                break;
            case 2 when TryPick(ref script, out var packet):
                Deliver(packet);
                break;
            case 3 when TryPick(ref script, out var packet):
                var bytes = (byte[])packet.Bytes.Clone();
                bytes[script.Byte() % bytes.Length] ^= (byte)(1 << script.Below(8));
                Refuse(_receiver, bytes, "a packet that was changed does not open");
                break;
            case 4 when TryPick(ref script, out var packet):
                Refuse(_receiver, packet.Bytes.AsSpan(0, script.Byte() % packet.Bytes.Length).ToArray(), "a packet that was cut does not open");
                Refuse(_receiver, [.. packet.Bytes, script.Byte()], "a packet that was added to does not open");
                break;
            case 5:
                Refuse(_receiver, script.Take(script.Byte()).ToArray(), "a packet that nobody sealed does not open");
                break;
            case 6:
                ReplaceSession();
                break;
            case 7 when TryPick(ref script, out var packet):
                Refuse(_sender, (byte[])packet.Bytes.Clone(), "a packet does not open at its sender");
                break;
            case 8 when _kept.Count > 0:
                _kept.RemoveAt(0);
                break;
            default:
                break;
        }
    }

    private bool TryPick(ref Script script, out SealedPacket packet)
    {
        packet = default;
        if (_kept.Count == 0)
        {
            return false;
        }

        packet = _kept[script.Byte() % _kept.Count];
        return true;
    }

    private void Seal(ulong skip, int length)
    {
        var number = _next + skip;
        var bytes = new byte[PacketProtection.Overhead + length];
        bytes.AsSpan(PacketProtection.Overhead - AeadKey.TagSize, length).Fill((byte)(number & 0xFF));
        var mayBeSealed = _sealedInSession < _limit;
        Finding.Unless(_sender.CanSeal == mayBeSealed, "a key seals as many packets as it may");
        var written = _sender.Seal(bytes, number, length);
        Finding.Unless(written == (mayBeSealed ? bytes.Length : 0), "a packet has its frames and what stands around them");
        if (!mayBeSealed)
        {
            return;
        }

        _next = number + 1;
        _sealedInSession++;
        _kept.Add(new SealedPacket(_session, number, bytes));
        if (_kept.Count > MostKept)
        {
            _kept.RemoveAt(0);
        }
    }

    private void Deliver(SealedPacket packet)
    {
        var bytes = (byte[])packet.Bytes.Clone();
        var reason = _receiver.TryOpen(bytes, out var number, out var frames);
        if (reason is not null)
        {
            Finding.Unless(!MustOpen(packet), $"packet {packet.Number} opens, as the highest so far is {_highest}: {reason}");
            return;
        }

        Finding.Unless(packet.Session == _session, "a packet of another session does not open");
        Finding.Unless(number == packet.Number, "a packet has the number it was sealed with");
        Finding.Unless(_opened.Add(number), $"packet {number} opens once");
        Finding.Unless(number >= _first && number + ReplayWindow.Size >= _highest, "a packet that is too old does not open");
        Finding.Unless(
            bytes.AsSpan(frames).IndexOfAnyExcept((byte)(number & 0xFF)) < 0 && bytes.AsSpan(frames).Length == bytes.Length - PacketProtection.Overhead,
            "a packet has the frames it was sealed with");
        _highest = Math.Max(_highest, number + 1);
        Finding.Unless(_receiver.NextExpected == _highest, "the next number is the one after the highest");
    }

    /// <summary>As long as the number is found by its low 32 bits, is in the window and has not been opened.</summary>
    private bool MustOpen(SealedPacket packet) =>
        packet.Session == _session
        && !_opened.Contains(packet.Number)
        && packet.Number + ReplayWindow.Size >= _highest
        && (packet.Number < _highest || packet.Number - _highest < 1ul << 31);

    private static void Refuse(PacketProtection end, byte[] bytes, string promise)
    {
        var before = end.NextExpected;
        DropReason? reason = end.TryOpen(bytes, out _, out _);
        Finding.Unless(reason is not null, promise);
        Finding.Unless(end.NextExpected == before, "what does not open changes nothing");
    }

    private void ReplaceSession()
    {
        _session++;
        Dispose();
        _first = _highest;
        _sealedInSession = 0;
        (_sender, _receiver) = Session();
    }

    private (PacketProtection Sender, PacketProtection Receiver) Session()
    {
        var random = new SimRandom((ulong)_session + 1);
        Span<byte> keys = stackalloc byte[2 * AeadKey.KeySize];
        random.Fill(keys);
        var forth = keys[..AeadKey.KeySize];
        var back = keys[AeadKey.KeySize..];
        return (
            new PacketProtection(
                new SessionKeys(new AeadKey(Slab, _suite, forth), new AeadKey(Slab, _suite, back)),
                ConnectionId,
                _first,
                _session % 4,
                limit: _limit),
            new PacketProtection(
                new SessionKeys(new AeadKey(Slab, _suite, back), new AeadKey(Slab, _suite, forth)), ConnectionId, _first, _session % 4));
    }

    private readonly record struct SealedPacket(int Session, ulong Number, byte[] Bytes);
}
