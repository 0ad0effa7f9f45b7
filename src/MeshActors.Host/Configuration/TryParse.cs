namespace MeshActors.Host.Configuration;

/// <summary>Reads text into a value; false when it is none.</summary>
internal delegate bool TryParse<T>(string text, out T value);
