using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>Whether a node may send to endpoints that it has not sent to before: each such makes a NAT that counts give out a port, and while one is foretold it must not.</summary>
internal sealed class NewEndpoints
{
    private MonoTime _heldUntil = new(long.MinValue / 2);

    /// <summary>Until then challenges to new endpoints wait.</summary>
    public MonoTime HeldUntil => _heldUntil;

    public void Hold(MonoTime until) => _heldUntil = until;

    /// <summary>They need not wait any more.</summary>
    public void Release(MonoTime now) => _heldUntil = now < _heldUntil ? now : _heldUntil;
}
