using System.Text.Json.Serialization;

namespace MeshActors.Benchmarks.Messages;

/// <summary>A message as programs have them: a few members, a list.</summary>
internal sealed record OrderPlaced(long Order, string Customer, double Total, OrderItem[] Items);

/// <summary>One line of it.</summary>
internal sealed record OrderItem(string Article, int Count, double Price);

/// <summary>How it is written under a manifest.</summary>
[JsonSerializable(typeof(OrderPlaced))]
internal sealed partial class OrderJson : JsonSerializerContext;
