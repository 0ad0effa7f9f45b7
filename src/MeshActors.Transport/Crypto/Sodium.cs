using System;
using System.Runtime.InteropServices;

namespace MeshActors.Transport.Crypto;

/// <summary>The functions of libsodium that are called directly, for keys that live in a <see cref="SessionKeySlab"/>.</summary>
/// <remarks>
/// Long-lived keys are NSec's; it uses the same library. The only file that imports native cryptography. Pointers are
/// the callers' business: <see cref="AeadKey"/>, <see cref="KeySlot"/> and the slab.
/// </remarks>
internal static unsafe partial class Sodium
{
    private const string Library = "libsodium";

    private static readonly bool Ready = Initialize() >= 0;

    /// <summary>True when this processor has the instructions that AES-256-GCM needs.</summary>
    public static bool HasAes => Ready && IsAesAvailable() == 1;

    /// <summary>Bytes of an expanded AES-256-GCM key.</summary>
    public static int AesStateSize => (int)GetAesStateSize();

    /// <summary>Keyed BLAKE2b (RFC 7693) over <paramref name="input"/> into <paramref name="tag"/>.</summary>
    /// <param name="key">16 to 64 bytes, or none.</param>
    /// <param name="input">Any length.</param>
    /// <param name="tag">16 to 64 bytes, filled.</param>
    public static void Blake2bMac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> tag)
    {
        RequireReady();
        fixed (byte* keyPointer = key, inputPointer = input, tagPointer = tag)
        {
            if (GenericHash(
                tagPointer, (nuint)tag.Length, inputPointer, (ulong)input.Length, keyPointer, (nuint)key.Length) != 0)
            {
                throw new InvalidOperationException("BLAKE2b refused its parameters.");
            }
        }
    }

    /// <summary>BLAKE2b without a key.</summary>
    /// <param name="input">Any length.</param>
    /// <param name="digest">16 to 64 bytes, filled.</param>
    public static void Blake2b(ReadOnlySpan<byte> input, Span<byte> digest) => Blake2bMac(default, input, digest);

    /// <summary>Memory between guard pages, locked where the system allows it, never in a core dump.</summary>
    /// <param name="size">Bytes, a whole number of pages.</param>
    /// <param name="locked">False when the system's limit for locked memory is reached: it may be swapped out.</param>
    public static byte* Allocate(int size, out bool locked)
    {
        RequireReady();
        var memory = Malloc((nuint)size);
        if (memory is null)
        {
            throw new InsufficientMemoryException("No memory for session keys.");
        }

        locked = Lock(memory, (nuint)size) == 0;
        Zero(memory, (nuint)size);
        return memory;
    }

    [LibraryImport(Library, EntryPoint = "sodium_free")]
    public static partial void Free(byte* memory);

    [LibraryImport(Library, EntryPoint = "sodium_memzero")]
    public static partial void Zero(byte* memory, nuint size);

    [LibraryImport(Library, EntryPoint = "crypto_aead_aes256gcm_beforenm")]
    public static partial int ExpandAesKey(byte* state, byte* key);

    [LibraryImport(Library, EntryPoint = "crypto_aead_aes256gcm_encrypt_afternm")]
    public static partial int SealAes(
        byte* sealedBytes,
        ulong* sealedLength,
        byte* plaintext,
        ulong plaintextLength,
        byte* associated,
        ulong associatedLength,
        byte* unused,
        byte* nonce,
        byte* state);

    [LibraryImport(Library, EntryPoint = "crypto_aead_aes256gcm_decrypt_afternm")]
    public static partial int OpenAes(
        byte* plaintext,
        ulong* plaintextLength,
        byte* unused,
        byte* sealedBytes,
        ulong sealedLength,
        byte* associated,
        ulong associatedLength,
        byte* nonce,
        byte* state);

    [LibraryImport(Library, EntryPoint = "crypto_aead_chacha20poly1305_ietf_encrypt")]
    public static partial int SealChaCha(
        byte* sealedBytes,
        ulong* sealedLength,
        byte* plaintext,
        ulong plaintextLength,
        byte* associated,
        ulong associatedLength,
        byte* unused,
        byte* nonce,
        byte* key);

    [LibraryImport(Library, EntryPoint = "crypto_aead_chacha20poly1305_ietf_decrypt")]
    public static partial int OpenChaCha(
        byte* plaintext,
        ulong* plaintextLength,
        byte* unused,
        byte* sealedBytes,
        ulong sealedLength,
        byte* associated,
        ulong associatedLength,
        byte* nonce,
        byte* key);

    private static void RequireReady()
    {
        if (!Ready)
        {
            throw new PlatformNotSupportedException("libsodium could not be initialized.");
        }
    }

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "sodium_malloc")]
    private static partial byte* Malloc(nuint size);

    [LibraryImport(Library, EntryPoint = "sodium_mlock")]
    private static partial int Lock(byte* memory, nuint size);

    [LibraryImport(Library, EntryPoint = "crypto_aead_aes256gcm_is_available")]
    private static partial int IsAesAvailable();

    [LibraryImport(Library, EntryPoint = "crypto_aead_aes256gcm_statebytes")]
    private static partial nuint GetAesStateSize();

    [LibraryImport(Library, EntryPoint = "crypto_generichash")]
    private static partial int GenericHash(
        byte* output, nuint outputLength, byte* input, ulong inputLength, byte* key, nuint keyLength);
}
