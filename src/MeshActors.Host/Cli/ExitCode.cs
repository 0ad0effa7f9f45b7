namespace MeshActors.Host.Cli;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>Did what was asked.</summary>
    public const int Done = 0;

    /// <summary>It failed; the error code says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Wrong = 2;

    /// <summary>EX_TEMPFAIL of sysexits.h: start the program again, for example under its next address, or as a new member of its cluster.</summary>
    public const int StartAgain = 75;
}
