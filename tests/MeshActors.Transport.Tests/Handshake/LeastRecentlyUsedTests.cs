using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Handshake;
using Xunit;

namespace MeshActors.Transport.Tests.Handshake;

public sealed class LeastRecentlyUsedTests
{
    private const int Capacity = 4;

    /// <summary>The model is a list in order of use.</summary>
    [Fact]
    public void Agrees_with_a_list_in_order_of_use() =>
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 2]).Array[0, 200].Sample(steps =>
        {
            var cache = new LeastRecentlyUsed<int, int>(Capacity);
            var model = new List<(int Key, int Value)>();
            for (var number = 0; number < steps.Length; number++)
            {
                var (key, action) = steps[number];
                var known = model.FindIndex(entry => entry.Key == key);
                if (action == 0)
                {
                    cache.Set(key, number);
                    model.RemoveAll(entry => entry.Key == key);
                    model.Add((key, number));
                    model = [.. model.TakeLast(Capacity)];
                }
                else
                {
                    int value;
                    var found = action == 1 ? cache.TryGet(key, out value) : cache.TryPeek(key, out value);
                    if (found != known >= 0 || (found && value != model[known].Value))
                    {
                        return false;
                    }

                    if (found && action == 1)
                    {
                        model.Add(model[known]);
                        model.RemoveAt(known);
                    }
                }
            }

            return cache.Count == model.Count;
        });
}
