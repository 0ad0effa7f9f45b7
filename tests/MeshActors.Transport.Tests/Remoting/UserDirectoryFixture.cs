using System;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Gives tests that run real transports a user directory of their own, so that the user's stays untouched.</summary>
public sealed class UserDirectoryFixture : IDisposable
{
    private const string Variable = "XDG_DATA_HOME";

    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);

    public UserDirectoryFixture()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("meshactors-").FullName;
        Environment.SetEnvironmentVariable(Variable, Directory);
    }

    /// <summary>The local application data directory of the tests' user.</summary>
    public string Directory { get; }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}

/// <summary>Tests that run real transports; one after the other, since they share the machine's loopback and a user directory.</summary>
[CollectionDefinition(Name)]
public sealed class RealTransports : ICollectionFixture<UserDirectoryFixture>
{
    public const string Name = "real transports";
}
