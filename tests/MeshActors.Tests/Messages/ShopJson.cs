using System.Text.Json.Serialization;

namespace MeshActors.Tests.Messages;

/// <summary>A message of a program.</summary>
/// <param name="Order">Its number.</param>
/// <param name="Items">What was ordered.</param>
public sealed record OrderPlaced(long Order, string[] Items);

/// <summary>Another one.</summary>
/// <param name="Order">Its number.</param>
public sealed record OrderShipped(long Order);

/// <summary>One that no catalogue has.</summary>
/// <param name="Order">Its number.</param>
public sealed record OrderLost(long Order);

/// <summary>How they are written.</summary>
[JsonSerializable(typeof(OrderPlaced))]
[JsonSerializable(typeof(OrderShipped))]
[JsonSerializable(typeof(OrderLost))]
public sealed partial class ShopJson : JsonSerializerContext;
