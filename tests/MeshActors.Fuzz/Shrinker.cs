using System;
using System.IO;

namespace MeshActors.Fuzz;

/// <summary>Makes an input that breaks something as short as it can be while it still does.</summary>
internal static class Shrinker
{
    public static int Run(FuzzTarget target, string from, string into)
    {
        var input = File.ReadAllBytes(from);
        if (Fault(target, input) is not { } fault)
        {
            Console.Error.WriteLine($"{from} breaks nothing");
            return 1;
        }

        bool again;
        do
        {
            again = false;
            for (var piece = Math.Max(1, input.Length / 2); piece > 0; piece /= 2)
            {
                for (var at = 0; at + piece <= input.Length;)
                {
                    byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(at + piece)];
                    if (Fault(target, shorter) == fault)
                    {
                        input = shorter;
                        again = true;
                    }
                    else
                    {
                        at += piece;
                    }
                }
            }
        }
        while (again);

        for (var at = 0; at < input.Length; at++)
        {
            var simpler = (byte[])input.Clone();
            simpler[at] = 0;
            input = Fault(target, simpler) == fault ? simpler : input;
        }

        File.WriteAllBytes(into, input);
        Console.WriteLine($"{fault}: {Convert.ToHexString(input)}");
        return 0;
    }

    /// <summary>What breaks and where, without the numbers in it.</summary>
    private static string? Fault(FuzzTarget target, byte[] input)
    {
        try
        {
            target.Run(input);
            return null;
        }
        catch (Exception fault)
        {
            var where = fault.StackTrace?.Split('\n') ?? [];
            var message = string.Concat(Array.FindAll(fault.Message.ToCharArray(), letter => !char.IsDigit(letter)));
            return $"{fault.GetType().Name} {message} {(where.Length > 1 ? where[1].Trim() : string.Empty)}";
        }
    }
}
