using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>Sends a text over loopback in plain bytes: what a capture must find.</summary>
internal static class LoopbackText
{
    public static void Send(string text)
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        receiver.ReceiveTimeout = 5_000;
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo(Encoding.UTF8.GetBytes(text), receiver.LocalEndPoint!);
        Assert.Equal(text.Length, receiver.Receive(new byte[2_048]));
    }
}
