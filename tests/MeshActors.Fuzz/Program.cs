using System;
using System.Globalization;
using System.Linq;
using MeshActors.Fuzz;
using SharpFuzz;

CoverageMap.Install();
var fuzz = FuzzTargets.Find(args.ElementAtOrDefault(1));
switch (args)
{
    case ["targets"]:
        foreach (var target in FuzzTargets.All)
        {
            Console.WriteLine(target.Name);
        }

        return 0;
    case ["instrument", var assembly]:
        _ = Fuzzer.Instrument(assembly, _ => true, Options.Value);
        return 0;
    case ["seeds", _, var folder] when fuzz is not null:
        Corpus.Write(folder, fuzz.Seeds());
        return 0;
    case ["fuzz", _] when fuzz is not null:
        Watch.Run(fuzz);
        return 0;
    case ["replay", _, .. var paths] when fuzz is not null:
        return Corpus.Replay(fuzz, paths);
    case ["shrink", _, var from, var to] when fuzz is not null:
        return Shrinker.Run(fuzz, from, to);
    case ["minimise", _, var most, var into, .. var paths] when fuzz is not null:
        return Minimiser.Run(fuzz, int.Parse(most, CultureInfo.InvariantCulture), into, paths);
    default:
        Console.Error.WriteLine("targets | instrument DLL | seeds TARGET FOLDER | fuzz TARGET | replay TARGET PATH... | shrink TARGET FILE INTO | minimise TARGET MOST FOLDER PATH...");
        return 2;
}
