namespace MeshActors.Host.Tests.Roles;

/// <summary>What <see cref="EchoAgent"/> takes and gives.</summary>
public sealed record EchoText(string Text);
