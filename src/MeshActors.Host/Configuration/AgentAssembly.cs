using System;
using System.Collections.Concurrent;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;

namespace MeshActors.Host.Configuration;

/// <summary>An assembly with a user's agents, and what it needs beside it.</summary>
/// <remarks>
/// What the program has itself (Akka, MeshActors) is the program's, so that an agent is an agent to both; all else comes
/// from the assembly's own directory, as its <c>.deps.json</c> says.
/// </remarks>
internal sealed class AgentAssembly : AssemblyLoadContext
{
    private static readonly ConcurrentDictionary<string, AgentAssembly> Loaded = new();

    private readonly AssemblyDependencyResolver _resolver;

    private AgentAssembly(string path)
        : base(path)
    {
        _resolver = new AssemblyDependencyResolver(path);
    }

    /// <summary>Finds a type in an assembly file.</summary>
    /// <param name="type"><c>Namespace.Type</c>; what stands behind a comma is not looked at.</param>
    /// <param name="path">Full path of the assembly.</param>
    /// <returns>Null when the assembly has no such type.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="BadImageFormatException">The file is no assembly.</exception>
    public static Type? Find(string type, string path)
    {
        var name = type.Split(',')[0].Trim();
        return Loaded.GetOrAdd(path, static file => new AgentAssembly(file)).LoadFromAssemblyPath(path).GetType(name);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        try
        {
            return Default.LoadFromAssemblyName(assemblyName);
        }
        catch (FileNotFoundException)
        {
            return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
        }
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
