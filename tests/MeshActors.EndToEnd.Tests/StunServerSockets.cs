using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Our STUN server on real sockets: one, or four on two addresses and two ports.</summary>
internal sealed class StunServerSockets : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly List<Socket> _sockets;
    private readonly StunServer _server;
    private readonly Lock _one = new();
    private readonly Task _loops;

    /// <param name="addresses">One address, or two of one family for behaviour discovery.</param>
    public StunServerSockets(params IPAddress[] addresses)
    {
        // In the order of StunSocket: both ports of the first address, then both of the second.
        var first = FreePorts.Bind(addresses);
        var second = addresses.Length == 2 ? FreePorts.Bind(addresses) : [];
        _sockets = second.Count == 0 ? first : [first[0], second[0], first[1], second[1]];
        _server = new StunServer(new()
        {
            Endpoints = second.Count == 0 ? null : new StunServerEndpoints(EndpointOf(_sockets[0]), EndpointOf(_sockets[3])),
        });
        _loops = Task.WhenAll(_sockets.Select((_, index) => Task.Run(() => AnswerAsync(index))));
    }

    public UdpEndpoint Endpoint => EndpointOf(_sockets[0]);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loops;
        _sockets.ForEach(socket => socket.Dispose());
        _end.Dispose();
    }

    private static UdpEndpoint EndpointOf(Socket socket) => UdpEndpoint.From((IPEndPoint)socket.LocalEndPoint!);

    private async Task AnswerAsync(int index)
    {
        var question = new byte[StunMessage.MaxSize];
        var buffer = new byte[StunMessage.MaxSize];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var received = await _sockets[index].ReceiveFromAsync(question, SocketFlags.None, _sockets[index].LocalEndPoint!, _end.Token);
                var from = UdpEndpoint.From((IPEndPoint)received.RemoteEndPoint);
                StunAnswer answer;
                lock (_one)
                {
                    _server.HandleDatagram(
                        (StunSocket)index, from, question.AsSpan(0, received.ReceivedBytes), Clock.System.Now, buffer, out answer);
                }

                if (answer.Length > 0)
                {
                    await _sockets[(int)answer.Socket].SendToAsync(buffer.AsMemory(0, answer.Length), answer.To.ToIPEndPoint(), _end.Token);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }
}
