using System;
using System.IO;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>The demo's own directory, which only its owner can enter; gone when the demo is.</summary>
internal sealed class DemoDirectory : IDisposable
{
    public DemoDirectory()
    {
        // On Unix made with mode 0700.
        Root = Directory.CreateTempSubdirectory("meshactors-demo-").FullName;
    }

    /// <summary>Full path.</summary>
    public string Root { get; }

    /// <summary>Full path of a file or directory in it.</summary>
    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Removes everything; a file that another process holds open may stay.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody was faster.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A child that is just ending may still write; once more is enough, else the system's cleaner takes it.
            TryAgain();
        }
    }

    private void TryAgain()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing in it is worth failing the demo for.
        }
    }
}
