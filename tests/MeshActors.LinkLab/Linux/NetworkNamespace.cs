using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace MeshActors.LinkLab.Linux;

/// <summary>A network namespace of the lab's own, named so that <c>ip netns</c> finds it, deleted when disposed.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const string NamedNamespaces = "/run/netns/";

    private NetworkNamespace(string name)
    {
        Name = name;
    }

    public string Name { get; }

    /// <exception cref="LinuxCallException">Without root, or a namespace of this name exists.</exception>
    public static NetworkNamespace Create(string name)
    {
        RunIp("netns", "add", name);
        return new NetworkNamespace(name);
    }

    /// <summary>Calls <paramref name="action"/> on a thread that is in the namespace, and waits for it.</summary>
    /// <remarks>A thread of its own, which ends: no thread of the pool stays behind in the namespace.</remarks>
    public T Inside<T>(Func<T> action)
    {
        T? result = default;
        ExceptionDispatchInfo? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = action();
            }
#pragma warning disable CA1031 // Thrown again by the thread that asked.
            catch (Exception e)
#pragma warning restore CA1031
            {
                fault = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        fault?.Throw();
        return result!;
    }

    /// <summary>Runs <c>ip</c> in the namespace.</summary>
    public void Ip(params IEnumerable<string> arguments) => RunIp(["-n", Name, .. arguments]);

    /// <summary>Sets network parameters of the namespace, as paths below <c>/proc/sys/net</c>.</summary>
    public void Set(params (string Parameter, string Value)[] parameters) =>
        Inside(() =>
        {
            foreach (var (parameter, value) in parameters)
            {
                File.WriteAllText($"/proc/sys/net/{parameter}", value);
            }

            return true;
        });

    /// <summary>A command line that runs a program in the namespace; the process id stays.</summary>
    public ProcessStartInfo Program(params IEnumerable<string> commandLine)
    {
        var start = new ProcessStartInfo("ip")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (IEnumerable<string>)["netns", "exec", Name, .. commandLine])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    public void Dispose()
    {
        try
        {
            RunIp("netns", "delete", Name);
        }
        catch (LinuxCallException)
        {
            // The script that started the lab may have deleted it before.
        }
    }

    private static void RunIp(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("ip") { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new LinuxCallException($"ip {string.Join(' ', arguments)}: {error.Trim()}");
        }
    }

    private void Enter()
    {
        var descriptor = LinuxCallException.Check(
            LinuxCalls.Open(NamedNamespaces + Name, LinuxCalls.OpenReadOnly | LinuxCalls.OpenCloseOnExec),
            $"open the namespace {Name}");
        try
        {
            LinuxCallException.Check(
                LinuxCalls.SetNamespace(descriptor, LinuxCalls.CloneNewNetwork), $"setns to {Name}");
        }
        finally
        {
            _ = LinuxCalls.Close(descriptor);
        }
    }
}
