using System;
using System.IO;
using MeshActors.Agents;

namespace MeshActors.Host.Configuration;

/// <summary>One element of <c>mesh.agents</c>.</summary>
/// <param name="Name">Name of its actor.</param>
/// <param name="Type">Type and assembly of a <see cref="MeshAgent"/>.</param>
internal sealed record AgentEntry(string Name, string Type)
{
    public static AgentEntry FromConfig(SectionReader section) => new(
        section.Value<string>("name", "kebab-case, as fx-desk", Words.TryKebab),
        section.Value<string>("type", "\"Namespace.Type, Assembly\" of a MeshAgent that is made without arguments", TryType));

    private static bool TryType(string text, out string value)
    {
        value = text;
        try
        {
            return text.Length > 0
                && System.Type.GetType(text) is { IsAbstract: false } type
                && type.IsAssignableTo(typeof(MeshAgent))
                && type.GetConstructor(System.Type.EmptyTypes) is not null;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or TypeLoadException or BadImageFormatException)
        {
            return false;
        }
    }
}
