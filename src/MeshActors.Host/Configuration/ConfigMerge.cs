namespace MeshActors.Host.Configuration;

/// <summary>Puts values under their keys: sections of one name become one, a second value in the same file is a mistake.</summary>
/// <remarks>
/// What is no second value: another section of the same name; a value of an including file over that of an included one;
/// and <c>key = ${?NAME}</c> after <c>key = default</c>, HOCON's way to let the environment override.
/// </remarks>
internal static class ConfigMerge
{
    public static void Put(ConfigValue section, string name, string key, ConfigValue value, MistakeList mistakes)
    {
        if (!section.Fields.TryGetValue(name, out var existing))
        {
            section.Fields[name] = value;
            return;
        }

        if (existing.Kind == ConfigKind.Section && value.Kind == ConfigKind.Section)
        {
            foreach (var (fieldName, field) in value.Fields)
            {
                Put(existing, fieldName, key + "." + fieldName, field, mistakes);
            }

            return;
        }

        if (existing.Origin.File == value.Origin.File && !MayFollow(existing, value))
        {
            mistakes.Add(
                value.Origin,
                key,
                value.Show(),
                $"is a second value, the first is in line {existing.Origin.Line}",
                "one value for each key of a file");
            return;
        }

        value.Previous ??= existing;
        section.Fields[name] = value;
    }

    private static bool MayFollow(ConfigValue existing, ConfigValue value) =>
        (value.Kind == ConfigKind.Substitution && value.Optional)
        || (existing.Kind == ConfigKind.Section && !value.IsResolved)
        || (value.Kind == ConfigKind.Section && !existing.IsResolved);
}
