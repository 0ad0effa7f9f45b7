using System;
using System.Buffers.Binary;
using MeshActors.Transport.Chance;

namespace MeshActors.TestKit.Simulation;

/// <summary>Chance that a seed decides: SplitMix64 (Steele, Lea, Flood, 2014). Same seed, same values, on every machine.</summary>
internal sealed class SimRandom : IRandomSource
{
    private ulong _state;

    public SimRandom(ulong seed)
    {
        _state = seed;
    }

    public ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9E37_79B9_7F4A_7C15;
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }

    public void Fill(Span<byte> destination)
    {
        Span<byte> last = stackalloc byte[sizeof(ulong)];
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64BigEndian(last, Next());
            var length = Math.Min(destination.Length, last.Length);
            last[..length].CopyTo(destination);
            destination = destination[length..];
        }
    }

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Chance(double percent) => this.NextDouble() * 100 < percent;

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + this.Below(most - least + 1);

    /// <summary>A duration from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        least + TimeSpan.FromTicks((long)(this.NextDouble() * ((most - least).Ticks + 1)));

    /// <summary>Another source that depends on this one's seed only, so that its use does not shift this one's values.</summary>
    public SimRandom Split() => new(Next());
}
