using System.Linq;
using System.Text;
using Google.Protobuf;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Payloads of Akka.Remote put together field by field, also such as Akka never writes.</summary>
internal static class ProtoBytes
{
    /// <summary>Of messages that are no system messages.</summary>
    public const ulong NoSequence = ulong.MaxValue;

    /// <summary>A field that is bytes, text or a message.</summary>
    public static byte[] Field(int number, params byte[][] content) => Written(output =>
    {
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(All(content)));
    });

    /// <summary>A field that is text.</summary>
    public static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    /// <summary>A field that is a number.</summary>
    public static byte[] Number(int number, int value) => Written(output =>
    {
        output.WriteTag(number, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    });

    /// <summary>A field that is a number of fixed length.</summary>
    public static byte[] Fixed(int number, ulong value) => Written(output =>
    {
        output.WriteTag(number, WireFormat.WireType.Fixed64);
        output.WriteFixed64(value);
    });

    /// <summary>A message: what its serializer wrote, its serializer and its manifest.</summary>
    public static byte[] Message(int serializer, string manifest, params byte[][] content) =>
        All(Field(1, content), Number(2, serializer), manifest.Length == 0 ? [] : Field(3, manifest));

    /// <summary>A payload: an envelope of these fields.</summary>
    public static byte[] Payload(params byte[][] envelope) => Field(1, Field(2, envelope));

    /// <summary>A payload with a message for an actor.</summary>
    public static byte[] For(string recipient, byte[] message, ulong sequence = NoSequence) =>
        Payload(Field(1, Field(1, recipient)), Field(2, message), Field(4, Field(1, "akka.mesh://b@h:2/user/liar")), Fixed(5, sequence));

    private static byte[] All(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    private static byte[] Written(System.Action<CodedOutputStream> write)
    {
        using var stream = new System.IO.MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }
}
