using System.Text;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

public sealed class LargePayloadTests
{
    private const int Length = LargePayload.LeastBytes;

    [Fact]
    public void A_large_message_for_one_actor_is_named_by_that_actors_path_without_address_and_number()
    {
        Assert.True(LargePayload.TryReference(TestPayloads.User("/user/a#17", 1, Length), out var reference));

        Assert.Equal(PathHash.Of(Encoding.UTF8.GetBytes("/user/a")), reference.Recipient);
        Assert.True(PayloadReference.TryRead(reference.ToBytes(), out var read));
        Assert.Equal(reference, read);
        Assert.Equal("0001", System.Convert.ToHexString(reference.ToBytes())[..4]);
    }

    [Fact]
    public void What_is_short_keeps_the_order_of_system_messages_or_acknowledges_them_creates_actors_or_cannot_be_read_is_none()
    {
        Assert.False(LargePayload.TryReference(TestPayloads.User("/user/a", 1), out _));
        Assert.False(LargePayload.TryReference(TestPayloads.System("/user/a", 1, Length), out _));
        Assert.False(LargePayload.TryReference(TestPayloads.User("/user/a", 1, Length, acknowledges: true), out _));
        Assert.False(LargePayload.TryReference(TestPayloads.User("/remote#0", 1, Length), out _));
        Assert.False(LargePayload.TryReference(new byte[Length + 1], out _));
    }
}
