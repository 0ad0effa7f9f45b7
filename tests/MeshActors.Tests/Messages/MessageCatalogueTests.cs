using System;
using System.Runtime.Serialization;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;
using MeshActors.Hosting;
using MeshActors.Messages;
using MeshActors.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MeshActors.Tests.Messages;

/// <summary>Messages of a program, as they are written for other nodes.</summary>
public sealed class MessageCatalogueTests : IAsyncLifetime
{
    private readonly ServiceProvider _services;

    public MessageCatalogueTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IHostApplicationLifetime, NoLifetime>();
        services.AddAkka("messages", (builder, _) => builder.WithMeshMessages(messages => messages
            .Add("order-placed-1", ShopJson.Default.OrderPlaced)
            .Add("order-shipped-1", ShopJson.Default.OrderShipped)));
        _services = services.BuildServiceProvider();
    }

    private ActorSystem System => _services.GetRequiredService<ActorSystem>();

    private SerializerWithStringManifest Serializer => (SerializerWithStringManifest)System.Serialization.FindSerializerFor(new OrderShipped(1));

    public async Task InitializeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        await System.Terminate();
        await _services.DisposeAsync();
    }

    [Fact]
    public void A_message_of_the_catalogue_is_written_under_its_manifest_and_read_again()
    {
        var order = new OrderPlaced(7, ["ink", "paper"]);
        var serializer = Assert.IsType<SerializerWithStringManifest>(System.Serialization.FindSerializerFor(order), exactMatch: false);

        var bytes = serializer.ToBinary(order);
        var manifest = serializer.Manifest(order);

        Assert.Equal("""{"Order":7,"Items":["ink","paper"]}""", Encoding.UTF8.GetString(bytes));
        Assert.Equal("order-placed-1", manifest);
        var again = Assert.IsType<OrderPlaced>(System.Serialization.Deserialize(bytes, serializer.Identifier, manifest));
        Assert.Equal(order.Order, again.Order);
        Assert.Equal(order.Items, again.Items);
    }

    [Fact]
    public void A_message_that_is_not_in_it_goes_another_way()
    {
        Assert.IsNotType<MessageSerializer>(System.Serialization.FindSerializerFor(new OrderLost(1)));
        var error = Assert.Throws<SerializationException>(() => Serializer.ToBinary(new OrderLost(1)));

        Assert.Contains(nameof(OrderLost), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("order-lost-1", "{}", "'order-lost-1' is not in this node's message catalogue")]
    [InlineData("order-placed-1", "{\"Order\":\"seven\"}", "does not fit MeshActors.Tests.Messages.OrderPlaced at $.Order")]
    [InlineData("order-placed-1", "null", "is null")]
    [InlineData("order-placed-1", "", "does not fit")]
    public void Bytes_that_are_no_message_are_refused_with_what_is_wrong(string manifest, string json, string message)
    {
        var error = Assert.Throws<SerializationException>(() => Serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("order placed")]
    [InlineData("order-*")]
    public void A_manifest_that_is_none_is_refused(string manifest) =>
        Assert.Throws<ArgumentException>(() => new MessageCatalogue().Add(manifest, ShopJson.Default.OrderPlaced));

    [Fact]
    public void A_manifest_or_a_type_that_is_there_already_is_refused()
    {
        var catalogue = new MessageCatalogue().Add("order-1", ShopJson.Default.OrderPlaced);

        Assert.Contains("is that of", Assert.Throws<ArgumentException>(() => catalogue.Add("order-1", ShopJson.Default.OrderShipped)).Message, StringComparison.Ordinal);
        Assert.Contains("already", Assert.Throws<ArgumentException>(() => catalogue.Add("order-2", ShopJson.Default.OrderPlaced)).Message, StringComparison.Ordinal);
    }
}
