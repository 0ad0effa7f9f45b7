using System;
using System.Collections.Generic;

namespace MeshActors.Fuzz;

/// <summary>One thing to fuzz: what an input does, and inputs to begin with.</summary>
/// <param name="Name">As on the command line, and the corpus folder's name.</param>
/// <param name="Run">Takes any bytes; throws for nothing but a fault of the product.</param>
/// <param name="Seeds">Inputs that reach deep, so that mutation need not find them.</param>
internal sealed record FuzzTarget(string Name, FuzzAction Run, Func<IEnumerable<byte[]>> Seeds);

/// <summary>Runs one input.</summary>
internal delegate void FuzzAction(ReadOnlySpan<byte> input);
