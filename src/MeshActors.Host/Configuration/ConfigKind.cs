namespace MeshActors.Host.Configuration;

/// <summary>What a value of a configuration file is.</summary>
internal enum ConfigKind
{
    /// <summary>Named fields.</summary>
    Section,

    /// <summary>A list of values.</summary>
    List,

    /// <summary>Text, a number, a duration, a switch: HOCON does not tell them apart before they are read.</summary>
    Text,

    /// <summary>The word null.</summary>
    Null,

    /// <summary><c>${path}</c>, not resolved.</summary>
    Substitution,

    /// <summary>Several values in a row, not resolved.</summary>
    Concatenation,
}
