using System;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Wire;

/// <summary>The content of CANDIDATES, byte for byte.</summary>
public sealed class CandidatesFrameTests
{
    private const string Golden =
        "07" + "03" + "02"
        + "01" + "00000000000000000000ffff2d010203" + "1ce8"
        + "02" + "2a000000000000000000000000000001" + "1ce9";

    private static readonly (CandidateKind, UdpEndpoint)[] Two =
    [
        (CandidateKind.Host, new UdpEndpoint(UdpEndpoint.MappedPrefix | 0x2D01_0203, 7400)),
        (CandidateKind.Reflexive, new UdpEndpoint(new UInt128(0x2A00_0000_0000_0000, 1), 7401)),
    ];

    [Fact]
    public void Bytes_stay_as_they_are()
    {
        var content = new byte[CandidatesFrame.MostBytes];

        var length = CandidatesFrame.Write(content, 7, 3, Two);

        Assert.Equal(Golden, Convert.ToHexStringLower(content.AsSpan(0, length)));
        Assert.True(CandidatesFrame.TryRead(content.AsSpan(0, length), out var frame));
        Assert.Equal((7ul, 3ul), (frame.Sequence, frame.Seen));
        foreach (var expected in Two)
        {
            Assert.True(frame.TryNext(out var kind, out var endpoint));
            Assert.Equal(expected, (kind, endpoint));
        }

        Assert.False(frame.TryNext(out _, out _));
    }

    [Fact]
    public void How_nats_behave_follows_the_list_and_may_be_left_out()
    {
        var content = new byte[CandidatesFrame.MostBytes];
        byte[] behaviour = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

        var length = CandidatesFrame.Write(content, 7, 3, Two, behaviour);

        Assert.Equal(Golden + Convert.ToHexStringLower(behaviour), Convert.ToHexStringLower(content.AsSpan(0, length)));
        Assert.True(CandidatesFrame.TryRead(content.AsSpan(0, length + 3), out var frame));
        Assert.Equal(behaviour, frame.Behaviour.ToArray());
        Assert.True(CandidatesFrame.TryRead(content.AsSpan(0, length - 1), out var cut));
        Assert.True(cut.Behaviour.IsEmpty);
        Assert.True(cut.TryNext(out _, out _) && cut.TryNext(out _, out _));
    }

    [Fact]
    public void An_entry_of_an_unknown_kind_is_passed_over()
    {
        var content = Convert.FromHexString(Golden);
        content[3] = 99;

        Assert.True(CandidatesFrame.TryRead(content, out var frame));
        Assert.True(frame.TryNext(out var kind, out _));
        Assert.Equal(CandidateKind.Reflexive, kind);
        Assert.False(frame.TryNext(out _, out _));
    }

    [Fact]
    public void What_is_cut_short_or_too_many_is_malformed()
    {
        var content = Convert.FromHexString(Golden);
        Assert.All(Enumerable.Range(0, content.Length), length => Assert.False(CandidatesFrame.TryRead(content.AsSpan(0, length), out _)));

        content[2] = CandidatesFrame.MaxCandidates + 1;
        Assert.False(CandidatesFrame.TryRead(content, out _));
    }
}
