using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MeshActors.Capabilities;

/// <summary>The version of a capability: <c>MAJOR.MINOR</c> or <c>MAJOR.MINOR.PATCH</c>, each 0 to 65,535.</summary>
/// <remarks>
/// A capability offered in version <c>o</c> serves a caller who wants version <c>w</c> when the majors are equal and the
/// offered minor is at least the wanted one: a minor only adds. Below 1.0 nothing is promised, so there the minors must
/// be equal too. The patch says which of two equal offers is newer and never decides whether they fit.
/// </remarks>
public readonly record struct CapabilityVersion : IComparable<CapabilityVersion>
{
    private const int MaxParts = 3;

    /// <summary>Makes a version.</summary>
    /// <param name="major">Changes when callers must change.</param>
    /// <param name="minor">Changes when something was added.</param>
    /// <param name="patch">Changes when neither request nor result did.</param>
    public CapabilityVersion(ushort major, ushort minor, ushort patch = 0)
    {
        Major = major;
        Minor = minor;
        Patch = patch;
    }

    /// <summary>Changes when callers must change.</summary>
    public ushort Major { get; }

    /// <summary>Changes when something was added.</summary>
    public ushort Minor { get; }

    /// <summary>Changes when neither request nor result did.</summary>
    public ushort Patch { get; }

    /// <summary>True when <paramref name="left"/> is older than <paramref name="right"/>.</summary>
    public static bool operator <(CapabilityVersion left, CapabilityVersion right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> is newer than <paramref name="right"/>.</summary>
    public static bool operator >(CapabilityVersion left, CapabilityVersion right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> is not newer than <paramref name="right"/>.</summary>
    public static bool operator <=(CapabilityVersion left, CapabilityVersion right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> is not older than <paramref name="right"/>.</summary>
    public static bool operator >=(CapabilityVersion left, CapabilityVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads <c>1.2</c> or <c>1.2.3</c>; a lone <c>1</c> is <c>1.0</c>.</summary>
    /// <exception cref="FormatException">The text is not of that form; the message names it.</exception>
    public static CapabilityVersion Parse(string text) => TryParse(text, out var version)
        ? version
        : throw new FormatException(
            $"'{text}' is not a capability version: write MAJOR.MINOR with numbers of 0 to 65535, as in 1.2.");

    /// <summary>As <see cref="Parse"/>, with false in place of the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CapabilityVersion version)
    {
        version = default;
        var span = text.AsSpan();
        Span<ushort> parts = stackalloc ushort[MaxParts];
        var count = 0;

        // The framework takes numbers with zero characters behind them.
        foreach (var range in span.Split('.'))
        {
            if (count == MaxParts
                || !ushort.TryParse(span[range], NumberStyles.None, CultureInfo.InvariantCulture, out parts[count])
                || !char.IsAsciiDigit(span[range][^1]))
            {
                return false;
            }

            count++;
        }

        version = new CapabilityVersion(parts[0], parts[1], parts[2]);
        return true;
    }

    /// <summary>True when a capability offered in this version serves a caller who wants <paramref name="wanted"/>.</summary>
    public bool Serves(CapabilityVersion wanted) =>
        Major == wanted.Major && (Major == 0 ? Minor == wanted.Minor : Minor >= wanted.Minor);

    /// <inheritdoc/>
    public int CompareTo(CapabilityVersion other) =>
        (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <summary><c>1.2</c>, or <c>1.2.3</c> when the patch is not 0.</summary>
    public override string ToString() => Patch == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}")
        : string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
