using MeshActors.Transport.Congestion;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Streams;

/// <summary>Numbers packets, and holds those from the oldest one in flight on with the frames in them: rings of structs.</summary>
/// <remarks>Numbers count up from 0 for as long as the streams' state lives, whatever session seals them. Rings grow by doubling up to what the bound of packets in flight asks for, and then no packet costs memory.</remarks>
internal sealed class SentPackets
{
    private const int FirstCapacity = 8;

    private SentPacket[] _packets = new SentPacket[FirstCapacity];
    private SendSnapshot[] _snapshots = new SendSnapshot[FirstCapacity];
    private SentFrame[] _frames = new SentFrame[FirstCapacity];
    private long _frameHead;
    private long _frameTail;
    private bool _isOpen;

    /// <summary>Lowest number held; equals <see cref="Next"/> when none is in flight.</summary>
    public ulong Oldest { get; private set; }

    /// <summary>The number that the next packet gets: how many were sent.</summary>
    public ulong Next { get; private set; }

    /// <summary>Numbers from the oldest to the next.</summary>
    public int Count => (int)(Next - Oldest);

    /// <summary>Frames remembered.</summary>
    public int HeldFrames => (int)(_frameTail - _frameHead);

    /// <summary>The slot of a number from <see cref="Oldest"/> to before <see cref="Next"/>.</summary>
    public ref SentPacket this[ulong number] => ref _packets[number & (ulong)(_packets.Length - 1)];

    /// <summary>What was known about delivery when a packet that is held was sent.</summary>
    public ref SendSnapshot SnapshotAt(ulong number) => ref _snapshots[number & (ulong)(_snapshots.Length - 1)];

    /// <summary>A frame of a packet that is held.</summary>
    public ref readonly SentFrame FrameAt(long index) => ref _frames[index & (_frames.Length - 1)];

    /// <summary>Opens the next packet. Frames are added to it until <see cref="Commit"/> or <see cref="Cancel"/>.</summary>
    /// <returns>Its number, used up by <see cref="Commit"/> only.</returns>
    public ulong Begin()
    {
        Invariant.Require(!_isOpen);
        _isOpen = true;
        ref var slot = ref AddSlot();
        slot = default;
        slot.FirstFrame = _frameTail;
        return Next - 1;
    }

    public void Add(in SentFrame frame)
    {
        if (_frameTail - _frameHead == _frames.Length)
        {
            GrowFrames();
        }

        _frames[_frameTail++ & (_frames.Length - 1)] = frame;
        this[Next - 1].Frames++;
    }

    /// <summary>The open packet was sent.</summary>
    /// <param name="now">When.</param>
    /// <param name="bytes">Bytes on the wire; 0 when it does not ask for an acknowledgement.</param>
    /// <param name="ackedBelow">See <see cref="SentPacket.AckedBelow"/>.</param>
    /// <param name="path">See <see cref="SentPacket.Path"/>.</param>
    /// <param name="isSizeProbe">See <see cref="SentPacket.IsSizeProbe"/>.</param>
    /// <param name="isMarked">See <see cref="SentPacket.IsMarked"/>.</param>
    public void Commit(MonoTime now, int bytes, ulong ackedBelow, byte path = 0, bool isSizeProbe = false, bool isMarked = false)
    {
        ref var slot = ref this[Next - 1];
        slot.SentAt = now;
        slot.Bytes = bytes;
        slot.AckedBelow = ackedBelow;
        slot.Path = path;
        slot.IsSizeProbe = isSizeProbe;
        slot.IsMarked = isMarked;
        slot.State = bytes > 0 ? SentPacketState.InFlight : SentPacketState.AckOnly;
        _isOpen = false;
    }

    /// <summary>The open packet was not sent; it holds no frames.</summary>
    public void Cancel()
    {
        Invariant.Require(this[Next - 1].Frames == 0);
        Next--;
        _isOpen = false;
    }

    /// <summary>Lets go of all packets before the oldest one in flight.</summary>
    public void Trim()
    {
        while (Oldest < Next)
        {
            ref var slot = ref this[Oldest];
            if (slot.State == SentPacketState.InFlight)
            {
                return;
            }

            for (var i = 0; i < slot.Frames; i++)
            {
                _frames[_frameHead++ & (_frames.Length - 1)] = default;
            }

            Oldest++;
        }
    }

    /// <summary>Lets the memory of empty rings go.</summary>
    public void TrimMemory()
    {
        if (Count == 0)
        {
            _packets = new SentPacket[FirstCapacity];
            _snapshots = new SendSnapshot[FirstCapacity];
            _frames = new SentFrame[FirstCapacity];
        }
    }

    private ref SentPacket AddSlot()
    {
        if (Count == _packets.Length)
        {
            GrowPackets();
        }

        return ref this[Next++];
    }

    private void GrowPackets()
    {
        var packets = new SentPacket[_packets.Length * 2];
        var snapshots = new SendSnapshot[packets.Length];
        for (var number = Oldest; number < Next; number++)
        {
            var slot = number & (ulong)(packets.Length - 1);
            packets[slot] = this[number];
            snapshots[slot] = SnapshotAt(number);
        }

        _packets = packets;
        _snapshots = snapshots;
    }

    private void GrowFrames()
    {
        var larger = new SentFrame[_frames.Length * 2];
        for (var i = _frameHead; i < _frameTail; i++)
        {
            larger[i & (larger.Length - 1)] = _frames[i & (_frames.Length - 1)];
        }

        _frames = larger;
    }
}
