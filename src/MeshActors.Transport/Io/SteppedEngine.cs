using System;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Io;

/// <summary>An engine whose owner turns its loop in whatever time it likes, in one thread: whole nodes in simulations.</summary>
/// <remarks>Handlers are called from within <see cref="Turn"/>. The engine ends with this object, at once.</remarks>
internal sealed class SteppedEngine : IDisposable
{
    private readonly EngineLoop _loop;
    private readonly AddressDeriver _deriver;
    private readonly Action _end;
    private bool _ended;

    public SteppedEngine(MeshEngine engine, EngineLoop loop, AddressDeriver deriver, Action end)
    {
        Engine = engine;
        _loop = loop;
        _deriver = deriver;
        _end = end;
    }

    public MeshEngine Engine { get; }

    /// <summary>Takes what came in, does what is due, and sends.</summary>
    public void Turn(MonoTime now)
    {
        if (_ended)
        {
            return;
        }

        if (!_loop.Turn(now))
        {
            Dispose();
            return;
        }

        _deriver.DeriveAll();
    }

    /// <summary>When it must be turned next, if nothing comes in before; null when nothing is due.</summary>
    public MonoTime? NextTurn(MonoTime now) => _ended ? null : _loop.NextTurn(now);

    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            _end();
        }
    }
}
