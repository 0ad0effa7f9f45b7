using System;
using Xunit;

namespace MeshActors.EndToEnd.Tests;

/// <summary>A test of what there is on Linux only.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "the limits are measured with calls of Linux";
        }
    }
}
