using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Crypto;

namespace MeshActors.Transport.Identity;

/// <summary>What a root key says about its node: address, validity, and the keys that handshakes use (docs/protocol.md 2.2).</summary>
/// <remarks>
/// Of constant size whatever happened to the keys before. Well-formed from construction on; whether the signature
/// verifies, the time fits and the address is derived from the root are questions of their own, asked in order of cost.
/// </remarks>
internal sealed record NodeCertificate
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 200;

    /// <summary>The only format there is.</summary>
    public const byte Format = 1;

    /// <summary>Longest time from <see cref="ValidFrom"/> to <see cref="ValidUntil"/>.</summary>
    public static readonly TimeSpan LongestValidity = TimeSpan.FromDays(31);

    private const int SignedSize = 136;

    /// <summary>The last second that <see cref="DateTimeOffset"/> can name.</summary>
    private const ulong LastUnixSecond = 253_402_300_799;

    private NodeCertificate()
    {
    }

    public NodeRoles Roles { get; private init; }

    public MeshAddress Address { get; private init; }

    /// <summary>The salt number that leads from <see cref="Root"/> to <see cref="Address"/>.</summary>
    public ushort Salt { get; private init; }

    public RootKey Root { get; private init; }

    /// <summary>When it was issued, in Unix seconds: only ever grows.</summary>
    public ulong KeyVersion { get; private init; }

    public DateTimeOffset ValidFrom { get; private init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset ValidUntil { get; private init; }

    /// <summary>Ed25519 key that signs what the root key does not.</summary>
    public Bytes32 OperationalKey { get; private init; }

    /// <summary>X25519 key of handshakes.</summary>
    public Bytes32 StaticKey { get; private init; }

    public CipherSuites Suites { get; private init; }

    /// <summary>First half of the signature.</summary>
    private Bytes32 SignatureR { get; init; }

    /// <summary>Second half of the signature.</summary>
    private Bytes32 SignatureS { get; init; }

    private static ReadOnlySpan<byte> SignatureLabel => "MeshActors node certificate 1"u8;

    /// <summary>Signs a certificate; times are cut to whole seconds.</summary>
    public static NodeCertificate Sign(
        RootIdentity root,
        MeshAddress address,
        ushort salt,
        NodeRoles roles,
        CipherSuites suites,
        DateTimeOffset issued,
        DateTimeOffset validFrom,
        DateTimeOffset validUntil,
        Bytes32 operationalKey,
        Bytes32 staticKey)
    {
        var from = validFrom.ToUnixTimeSeconds();
        var until = validUntil.ToUnixTimeSeconds();
        ArgumentOutOfRangeException.ThrowIfNegative(from, nameof(validFrom));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(until, from, nameof(validUntil));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            until - from, (long)LongestValidity.TotalSeconds, nameof(validUntil));
        ArgumentOutOfRangeException.ThrowIfEqual((ushort)suites, (ushort)CipherSuites.None, nameof(suites));
        var unsigned = new NodeCertificate
        {
            Roles = roles,
            Address = address,
            Salt = salt,
            Root = root.PublicKey,
            KeyVersion = (ulong)issued.ToUnixTimeSeconds(),
            ValidFrom = DateTimeOffset.FromUnixTimeSeconds(from),
            ValidUntil = DateTimeOffset.FromUnixTimeSeconds(until),
            OperationalKey = operationalKey,
            StaticKey = staticKey,
            Suites = suites,
        };
        Span<byte> signedBytes = stackalloc byte[SignatureLabel.Length + SignedSize];
        Span<byte> signature = stackalloc byte[Ed25519KeyPair.SignatureSize];
        unsigned.WriteSignedBytes(signedBytes);
        root.Sign(signedBytes, signature);
        return unsigned with
        {
            SignatureR = Bytes32.From(signature[..Bytes32.Size]),
            SignatureS = Bytes32.From(signature[Bytes32.Size..]),
        };
    }

    /// <summary>Reads a certificate from bytes that may be anything.</summary>
    /// <returns>False when there are not exactly <see cref="Size"/> bytes, or a field is out of its range.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, [NotNullWhen(true)] out NodeCertificate? certificate)
    {
        certificate = null;
        if (source.Length != Size
            || source[0] != Format
            || !MeshAddress.TryRead(source[2..], out var address)
            || BinaryPrimitives.ReadUInt16BigEndian(source[134..]) != 0)
        {
            return false;
        }

        var version = BinaryPrimitives.ReadUInt64BigEndian(source[44..]);
        var from = BinaryPrimitives.ReadUInt64BigEndian(source[52..]);
        var until = BinaryPrimitives.ReadUInt64BigEndian(source[60..]);
        var suites = (CipherSuites)BinaryPrimitives.ReadUInt16BigEndian(source[132..]);
        if (version > LastUnixSecond
            || until > LastUnixSecond
            || from >= until
            || until - from > (ulong)LongestValidity.TotalSeconds
            || suites == CipherSuites.None)
        {
            return false;
        }

        certificate = new NodeCertificate
        {
            Roles = (NodeRoles)source[1],
            Address = address,
            Salt = BinaryPrimitives.ReadUInt16BigEndian(source[10..]),
            Root = RootKey.From(source.Slice(12, RootKey.Size)),
            KeyVersion = version,
            ValidFrom = DateTimeOffset.FromUnixTimeSeconds((long)from),
            ValidUntil = DateTimeOffset.FromUnixTimeSeconds((long)until),
            OperationalKey = Bytes32.From(source.Slice(68, Bytes32.Size)),
            StaticKey = Bytes32.From(source.Slice(100, Bytes32.Size)),
            Suites = suites,
            SignatureR = Bytes32.From(source.Slice(136, Bytes32.Size)),
            SignatureS = Bytes32.From(source.Slice(168, Bytes32.Size)),
        };
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        WriteFields(destination);
        SignatureR.CopyTo(destination[136..]);
        SignatureS.CopyTo(destination[168..]);
    }

    /// <summary>Tells whether <see cref="Root"/> signed it.</summary>
    public bool VerifySignature()
    {
        Span<byte> signedBytes = stackalloc byte[SignatureLabel.Length + SignedSize];
        Span<byte> signature = stackalloc byte[Ed25519KeyPair.SignatureSize];
        WriteSignedBytes(signedBytes);
        SignatureR.CopyTo(signature);
        SignatureS.CopyTo(signature[Bytes32.Size..]);
        return Ed25519KeyPair.Verify(Root.Bytes, signedBytes, signature);
    }

    /// <summary>Tells whether <paramref name="time"/> lies in the validity.</summary>
    public bool IsValidAt(DateTimeOffset time) => time >= ValidFrom && time < ValidUntil;

    private void WriteSignedBytes(Span<byte> destination)
    {
        SignatureLabel.CopyTo(destination);
        WriteFields(destination[SignatureLabel.Length..]);
    }

    private void WriteFields(Span<byte> destination)
    {
        destination[0] = Format;
        destination[1] = (byte)Roles;
        Address.Write(destination[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], Salt);
        Root.CopyTo(destination[12..]);
        BinaryPrimitives.WriteUInt64BigEndian(destination[44..], KeyVersion);
        BinaryPrimitives.WriteUInt64BigEndian(destination[52..], (ulong)ValidFrom.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt64BigEndian(destination[60..], (ulong)ValidUntil.ToUnixTimeSeconds());
        OperationalKey.CopyTo(destination[68..]);
        StaticKey.CopyTo(destination[100..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[132..], (ushort)Suites);
        BinaryPrimitives.WriteUInt16BigEndian(destination[134..], 0);
    }
}
