using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.PortMapping;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Io;

/// <summary>Has the gateway of this machine's network map the node's port for as long as the node runs, and gives it back at the end.</summary>
/// <remarks>
/// Beside the driver loop, with sockets of its own. A gateway that maps nothing is asked again after <see cref="AgainAfter"/>, and when an address of this machine changed.
/// </remarks>
internal sealed class PortMappings : IAsyncDisposable
{
    /// <summary>How long giving back may take.</summary>
    public static readonly TimeSpan ReleaseTime = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(10);

    private readonly UdpEndpoint _bound;
    private readonly Action<ImmutableArray<UdpEndpoint>> _tell;
    private readonly IRandomSource _random;
    private readonly Clock _clock;
    private readonly TaskCompletionSource _stop = NewSignal();
    private TaskCompletionSource _changed = NewSignal();
    private Task _running = Task.CompletedTask;

    private PortMappings(UdpEndpoint bound, Action<ImmutableArray<UdpEndpoint>> tell, IRandomSource random, Clock clock)
    {
        _bound = bound;
        _tell = tell;
        _random = random;
        _clock = clock;
    }

    /// <summary>Begins to ask.</summary>
    /// <param name="bound">Where the node is bound; the first endpoint of IPv4 counts.</param>
    /// <param name="tell">Told of the public endpoints that are mapped, whenever they are others; from any thread.</param>
    /// <param name="random">Nonces and ports.</param>
    /// <param name="clock">Time.</param>
    /// <returns>Null when the node is bound to nothing that a gateway could reach.</returns>
    public static PortMappings? Start(
        ImmutableArray<UdpEndpoint> bound, Action<ImmutableArray<UdpEndpoint>> tell, IRandomSource random, Clock clock)
    {
        if (bound.FirstOrDefault(endpoint => endpoint.IsIPv4 && !endpoint.IsLoopback) is not { Port: > 0 } first)
        {
            return null;
        }

        var mappings = new PortMappings(first, tell, random, clock);
        NetworkChange.NetworkAddressChanged += mappings.HandleChanged;
        mappings._running = Task.Run(mappings.RunAsync);
        return mappings;
    }

    /// <summary>Gives back what is mapped, within <see cref="ReleaseTime"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        NetworkChange.NetworkAddressChanged -= HandleChanged;
        _stop.TrySetResult();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void HandleChanged(object? sender, EventArgs e) => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private async Task RunAsync()
    {
        while (!_stop.Task.IsCompleted)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (LocalGateway.Find(_bound.ToIPAddress()) is { } place)
            {
                try
                {
                    changed = await MapAsync(place, changed).ConfigureAwait(false);
                }
                catch (SocketException)
                {
                    // The address is gone again: a change that is about to be told.
                }
            }

            if (!_stop.Task.IsCompleted && !changed.IsCompleted)
            {
                using var again = new CancellationTokenSource();
                await Task.WhenAny(changed, _stop.Task, Task.Delay(AgainAfter, _clock.Provider, again.Token)).ConfigureAwait(false);
                await again.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Maps the port at one gateway until there is another one, nothing more to expect, or the end.</summary>
    /// <returns>Completed when addresses changed meanwhile.</returns>
    private async Task<Task> MapAsync(LocalGateway place, Task changed)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(place.Local.ToIPAddress(), 0));
        using var http = new GatewayHttp();
        using var over = new CancellationTokenSource();
        var port = new MappedPort(place.Gateway, place.Local with { Port = _bound.Port }, _random, _clock.Now);
        var buffer = new byte[SsdpSearch.MaxAnswerBytes];
        var received = ReceiveAsync(socket, buffer, over.Token);
        Task<(int Status, byte[] Body)>? reply = null;
        UdpEndpoint? told = null;
        MonoTime? end = null;
        while (!port.IsOver && !(end <= _clock.Now))
        {
            Send(port, socket);
            reply = port.PollRequest(out var request) ? http.AskAsync(request) : reply;
            Tell(port, ref told);
            Task[] signals = end is null ? [changed, _stop.Task] : [];
            Task[] answers = reply is null ? [received] : [received, reply];
            await WaitAsync(MonoTime.Earliest(port.NextTimeout, end), [.. answers, .. signals]).ConfigureAwait(false);
            var now = _clock.Now;
            if (received.IsCompleted)
            {
                var (length, from) = await received.ConfigureAwait(false);
                port.HandleDatagram(from, buffer.AsSpan(0, length), now);
                received = ReceiveAsync(socket, buffer, over.Token);
            }

            if (reply is { IsCompleted: true })
            {
                var (status, body) = await reply.ConfigureAwait(false);
                reply = null;
                port.HandleReply(status, body, now);
            }

            port.HandleTimeout(now);
            if (end is null && changed.IsCompleted && LocalGateway.Find(_bound.ToIPAddress()) == place)
            {
                changed = Volatile.Read(ref _changed).Task;
            }

            if (end is null && (changed.IsCompleted || _stop.Task.IsCompleted))
            {
                port.Release(now);
                end = now + ReleaseTime;
            }
        }

        Tell(port, ref told);
        await over.CancelAsync().ConfigureAwait(false);
        return changed;
    }

    private void Send(MappedPort port, Socket socket)
    {
        Span<byte> datagram = stackalloc byte[SsdpSearch.MaxSize];
        while (port.PollTransmit(datagram, out var to, _clock.Now) is > 0 and var length)
        {
            try
            {
                socket.SendTo(datagram[..length], SocketFlags.None, to.ToIPEndPoint());
            }
            catch (SocketException)
            {
                // Lost, as on the way: it is asked again.
            }
        }
    }

    private void Tell(MappedPort port, ref UdpEndpoint? told)
    {
        if (told != port.Endpoint)
        {
            told = port.Endpoint;
            _tell(told is { } mapped ? [mapped] : []);
        }
    }

    private async Task WaitAsync(MonoTime? until, Task[] tasks)
    {
        if (until is not { } due || due - _clock.Now is not { Ticks: > 0 } wait)
        {
            return;
        }

        using var woken = new CancellationTokenSource();
        await Task.WhenAny([.. tasks, Task.Delay(wait, _clock.Provider, woken.Token)]).ConfigureAwait(false);
        await woken.CancelAsync().ConfigureAwait(false);
    }

    private static async Task<(int Length, UdpEndpoint From)> ReceiveAsync(
        Socket socket, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), cancellation)
                .ConfigureAwait(false);
            return (received.ReceivedBytes, UdpEndpoint.From((IPEndPoint)received.RemoteEndPoint));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return (0, default);
        }
    }
}
