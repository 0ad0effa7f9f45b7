using System;
using System.IO;
using Google.Protobuf;
using MeshActors.Transport.Remoting;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Payloads as Akka.Remote writes them, for an actor, with a message that is bytes.</summary>
internal static class TestPayloads
{
    private const int Bytes = 4;

    /// <summary>A message of a number and so many bytes behind it.</summary>
    public static byte[] User(string path, int number, int length = 0, string manifest = "", bool acknowledges = false) =>
        Envelope(path, number, length, ulong.MaxValue, manifest, acknowledges);

    /// <summary>The same as a system message, by its place in their order.</summary>
    public static byte[] System(string path, ulong sequence, int length = 0, int number = 0) =>
        Envelope(path, number, length, sequence, string.Empty, acknowledges: false);

    /// <summary>The number of a message that was made here.</summary>
    public static int NumberOf(ReadOnlySpan<byte> payload) => BitConverter.ToInt32(PayloadAddress.Read(payload).Content);

    private static byte[] Envelope(string path, int number, int length, ulong sequence, string manifest, bool acknowledges)
    {
        var message = new byte[sizeof(int) + length];
        BitConverter.TryWriteBytes(message, number);
        var envelope = Message(output =>
        {
            output.WriteRawTag((1 << 3) | 2);
            output.WriteBytes(Message(reference =>
            {
                reference.WriteRawTag((1 << 3) | 2);
                reference.WriteString($"akka.mesh://b@127.0.0.1:1{path}");
            }));
            output.WriteRawTag((2 << 3) | 2);
            output.WriteBytes(Message(payload =>
            {
                payload.WriteRawTag((1 << 3) | 2);
                payload.WriteBytes(ByteString.CopyFrom(message));
                payload.WriteRawTag(2 << 3);
                payload.WriteInt32(Bytes);
                if (manifest.Length > 0)
                {
                    payload.WriteRawTag((3 << 3) | 2);
                    payload.WriteString(manifest);
                }
            }));
            if (sequence != 0)
            {
                output.WriteRawTag((5 << 3) | 1);
                output.WriteFixed64(sequence);
            }
        });
        return Message(output =>
        {
            output.WriteRawTag((1 << 3) | 2);
            output.WriteBytes(Message(container =>
            {
                if (acknowledges)
                {
                    container.WriteRawTag((1 << 3) | 2);
                    container.WriteBytes(Message(acknowledgement =>
                    {
                        acknowledgement.WriteRawTag((1 << 3) | 1);
                        acknowledgement.WriteFixed64(3);
                    }));
                }

                container.WriteRawTag((2 << 3) | 2);
                container.WriteBytes(envelope);
            }));
        }).ToByteArray();
    }

    private static ByteString Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            write(output);
        }

        return ByteString.CopyFrom(bytes.ToArray());
    }
}
