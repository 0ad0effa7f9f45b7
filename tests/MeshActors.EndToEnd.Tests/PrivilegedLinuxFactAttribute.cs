using System;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A test that reads packets off the machine's interfaces, which takes root on Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrivilegedLinuxFactAttribute : FactAttribute
{
    public PrivilegedLinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "packet sockets are Linux's";
        }
        else if (!Environment.IsPrivilegedProcess)
        {
            Skip = "packet sockets need root";
        }
    }
}
