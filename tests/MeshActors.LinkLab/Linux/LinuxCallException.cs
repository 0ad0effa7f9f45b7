using System;
using System.Runtime.InteropServices;

namespace MeshActors.LinkLab.Linux;

/// <summary>A system call failed; the message names it, what it was for, and the system's own words.</summary>
internal sealed class LinuxCallException : Exception
{
    public LinuxCallException()
    {
    }

    public LinuxCallException(string message)
        : base(message)
    {
    }

    public LinuxCallException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Throws when a call returned less than zero.</summary>
    /// <param name="result">What the call returned.</param>
    /// <param name="call">Which call, and what for.</param>
    /// <returns>The result.</returns>
    public static int Check(int result, string call)
    {
        if (result < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new LinuxCallException($"{call}: {Marshal.GetPInvokeErrorMessage(error)} ({error})");
        }

        return result;
    }
}
