namespace MeshActors.Host.Configuration;

/// <summary>One element of <c>mesh.agents</c>.</summary>
/// <param name="Name">Name of its actor.</param>
/// <param name="Type">Type and assembly.</param>
internal sealed record AgentEntry(string Name, string Type)
{
    public static AgentEntry FromConfig(SectionReader section) => new(
        section.Value<string>("name", "kebab-case, as fx-desk", Words.TryKebab),
        section.Value<string>(
            "type",
            "\"Namespace.Type, Assembly\"",
            (string text, out string value) => (value = text).Length > 0 && System.Type.GetType(text) is not null));
}
