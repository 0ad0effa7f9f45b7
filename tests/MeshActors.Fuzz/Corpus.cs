using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

namespace MeshActors.Fuzz;

/// <summary>Inputs as files, each named by its content.</summary>
internal static class Corpus
{
    /// <summary>Files of the paths, and of the folders among them, in order of name.</summary>
    public static IEnumerable<string> Files(IEnumerable<string> paths) => paths.SelectMany(path =>
        Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal).ToArray() : [path]);

    public static void Write(string folder, IEnumerable<byte[]> inputs)
    {
        Directory.CreateDirectory(folder);
        foreach (var input in inputs)
        {
            var name = Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 8));
            File.WriteAllBytes(Path.Combine(folder, name), input);
        }
    }

    /// <summary>Runs each file once and says which fail.</summary>
    /// <returns>0 when none did, else 1.</returns>
    public static int Replay(FuzzTarget target, IEnumerable<string> paths)
    {
        var failed = 0;
        foreach (var file in Files(paths))
        {
            try
            {
                target.Run(File.ReadAllBytes(file));
            }
            catch (Exception fault)
            {
                failed = 1;
                Console.WriteLine($"{file}: {fault}");
            }
        }

        return failed;
    }
}
