using System;
using CsCheck;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;
using Xunit;

namespace MeshActors.Transport.Tests.Identity;

public sealed class NodeCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Issued = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly RootIdentity _root = RootIdentity.Create(new SeededRandom(1));

    public void Dispose() => _root.Dispose();

    /// <summary>The format is only ever extended: these bytes must be read for ever.</summary>
    [Fact]
    public void Golden_bytes()
    {
        var bytes = BytesOf(Sign());

        Assert.Equal("01050005a91f00007c2e0009069d8d6980eaf1bca2e4118bc612a13f23791bf2c60ceef2692b581d27b0a15900000000"
            + "69a42a400000000069a42a400000000069cd08c001010101010101010101010101010101010101010101010101010101"
            + "01010101020202020202020202020202020202020202020202020202020202020202020200010000c81e2994d6333c5d"
            + "684fcfca0ecf1936a54566afb44338a77e5d98201597471316eec94d6ae8b1e7655fc459dbadc1e02154ab7c2ad27b55"
            + "73b91d468286cc02", Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void Comes_back_from_its_bytes()
    {
        var certificate = Sign();

        Assert.True(NodeCertificate.TryRead(BytesOf(certificate), out var again));

        Assert.Equal(certificate, again);
        Assert.True(again.VerifySignature());
        Assert.Equal(NodeRoles.Agent | NodeRoles.Relay, again.Roles);
        Assert.Equal((new MeshAddress(5, 0xA91F_0000_7C2E), 9), (again.Address, again.Salt));
        Assert.Equal(Issued, DateTimeOffset.FromUnixTimeSeconds((long)again.KeyVersion));
    }

    [Fact]
    public void Every_flipped_bit_is_refused_by_range_or_signature()
    {
        var bytes = BytesOf(Sign());

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(NodeCertificate.TryRead(bytes, out var read) && read.VerifySignature(), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 0xFF)]
    [InlineData(44, 0xFF)]
    [InlineData(60, 0xFF)]
    [InlineData(52, 0xFF)]
    [InlineData(133, 0)]
    [InlineData(135, 1)]
    public void A_field_out_of_its_range_is_refused_before_the_signature(int offset, byte value)
    {
        var bytes = BytesOf(Sign());
        bytes[offset] = value;
        bytes[3] = offset == 2 ? (byte)0xFF : bytes[3];

        Assert.False(NodeCertificate.TryRead(bytes, out _));
    }

    [Fact]
    public void Bits_without_a_name_are_kept_so_that_the_signature_holds()
    {
        var certificate = Sign((NodeRoles)0x81, (CipherSuites)0x8001);

        Assert.True(NodeCertificate.TryRead(BytesOf(certificate), out var again) && again.VerifySignature());
    }

    [Fact]
    public void Another_root_did_not_sign_it()
    {
        using var other = RootIdentity.Create(new SeededRandom(2));
        var bytes = BytesOf(Sign());
        other.PublicKey.CopyTo(bytes.AsSpan(12));

        Assert.True(NodeCertificate.TryRead(bytes, out var read));
        Assert.False(read.VerifySignature());
    }

    [Fact]
    public void Validity_begins_at_its_first_second_and_ends_before_its_last()
    {
        var certificate = Sign();

        Assert.False(certificate.IsValidAt(Issued - TimeSpan.FromTicks(1)));
        Assert.True(certificate.IsValidAt(Issued));
        Assert.True(certificate.IsValidAt(Issued + TimeSpan.FromDays(31) - TimeSpan.FromTicks(1)));
        Assert.False(certificate.IsValidAt(Issued + TimeSpan.FromDays(31)));
    }

    [Fact]
    public void A_validity_of_more_than_31_days_is_not_signed() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NodeIdentity.Issue(
            _root, new MeshAddress(0, 1), 0, NodeRoles.Agent, Issued, TimeSpan.FromDays(31), new SeededRandom(3)));

    [Fact]
    public void Random_bytes_never_throw() => Gen.Byte.Array[0, 250].Sample(bytes =>
    {
        NodeCertificate.TryRead(bytes, out _);
        if (bytes.Length >= NodeCertificate.Size)
        {
            bytes[0] = NodeCertificate.Format;
            bytes.AsSpan(44, 20).Clear();
            bytes[134] = bytes[135] = 0;
            Assert.False(NodeCertificate.TryRead(bytes.AsSpan(0, NodeCertificate.Size), out var read) && read.VerifySignature());
        }
    });

    private static byte[] BytesOf(NodeCertificate certificate)
    {
        var bytes = new byte[NodeCertificate.Size];
        certificate.Write(bytes);
        return bytes;
    }

    private NodeCertificate Sign(
        NodeRoles roles = NodeRoles.Agent | NodeRoles.Relay, CipherSuites suites = CipherSuites.Aes256Gcm)
    {
        Span<byte> key = stackalloc byte[Bytes32.Size];
        key.Fill(1);
        var operational = Bytes32.From(key);
        key.Fill(2);
        return NodeCertificate.Sign(
            _root,
            new MeshAddress(5, 0xA91F_0000_7C2E),
            salt: 9,
            roles,
            suites,
            Issued,
            Issued,
            Issued + TimeSpan.FromDays(31),
            operational,
            Bytes32.From(key));
    }
}
