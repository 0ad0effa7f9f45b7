using System;
using System.IO;
using MeshActors.Agents;

namespace MeshActors.Host.Configuration;

/// <summary>One element of <c>mesh.agents</c>.</summary>
/// <param name="Name">Name of its actor.</param>
/// <param name="Type">A <see cref="MeshAgent"/> that can be made; null only beside a reported mistake.</param>
internal sealed record AgentEntry(string Name, Type? Type)
{
    private const string TypeForm = "\"Namespace.Type, Assembly\" of a MeshAgent that is made without arguments";

    public static AgentEntry FromConfig(SectionReader section, ConfigurationPlaces places)
    {
        var assembly = section.Text("assembly");
        var path = assembly.Length == 0 ? null : places.Resolve(assembly, assembly);
        var missing = path is not null && !File.Exists(path);
        section.Require("assembly", !missing, "does not exist", "the file of a .NET assembly");
        return new AgentEntry(
            section.Value<string>("name", "kebab-case, as fx-desk", Words.TryKebab),
            section.Value(
                "type", TypeForm, (string text, out Type? type) => (type = missing ? null : Find(text, path)) is not null || missing));
    }

    private static Type? Find(string text, string? assembly)
    {
        try
        {
            var type = text.Length == 0 ? null
                : assembly is null ? System.Type.GetType(text)
                : AgentAssembly.Find(text, assembly);
            return type is { IsAbstract: false }
                && type.IsAssignableTo(typeof(MeshAgent))
                && type.GetConstructor(System.Type.EmptyTypes) is not null
                    ? type
                    : null;
        }
        catch (Exception exception) when (
            exception is IOException or ArgumentException or TypeLoadException or BadImageFormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
