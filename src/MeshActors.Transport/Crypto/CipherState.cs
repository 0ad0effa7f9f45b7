using System;

namespace MeshActors.Transport.Crypto;

/// <summary>A key and a counter that nonces come from (Noise, section 5.1).</summary>
internal sealed class CipherState : IDisposable
{
    private readonly SessionKeySlab _slab;
    private readonly CipherSuite _suite;
    private AeadKey? _key;
    private ulong _nonce;

    public CipherState(SessionKeySlab slab, CipherSuite suite)
    {
        _slab = slab;
        _suite = suite;
    }

    public bool HasKey => _key is not null;

    /// <summary>Bytes that sealing adds: none before there is a key.</summary>
    public int Overhead => HasKey ? AeadKey.TagSize : 0;

    /// <summary>The counter of the next nonce.</summary>
    public ulong Nonce => _nonce;

    /// <summary>Takes a key in place of the one before, which is wiped.</summary>
    /// <param name="key">32 bytes; the caller wipes them.</param>
    /// <param name="nonce">Where counting goes on: 0 for a key that nothing was sealed with.</param>
    public void InitializeKey(ReadOnlySpan<byte> key, ulong nonce = 0)
    {
        _key?.Dispose();
        _key = new AeadKey(_slab, _suite, key);
        _nonce = nonce;
    }

    /// <summary>Seals in place; without a key nothing happens to the text.</summary>
    /// <param name="associated">The additional data.</param>
    /// <param name="buffer">The plain text and room for <see cref="Overhead"/> bytes.</param>
    public void EncryptWithAd(ReadOnlySpan<byte> associated, Span<byte> buffer) =>
        _key?.Seal(noncePrefix: 0, _nonce++, associated, buffer);

    /// <summary>Opens in place; without a key every text is good.</summary>
    /// <returns>False when the tag does not verify: the counter stays, the buffer's content is lost.</returns>
    public bool TryDecryptWithAd(ReadOnlySpan<byte> associated, Span<byte> buffer)
    {
        if (_key is null)
        {
            return true;
        }

        if (!_key.TryOpen(noncePrefix: 0, _nonce, associated, buffer))
        {
            return false;
        }

        _nonce++;
        return true;
    }

    /// <summary>Hands the key over to a new owner; this state has none from then on.</summary>
    public AeadKey TakeKey()
    {
        var key = _key ?? throw new InvalidOperationException("There is no key to take.");
        _key = null;
        return key;
    }

    public void Dispose()
    {
        _key?.Dispose();
        _key = null;
    }
}
