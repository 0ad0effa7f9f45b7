using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Time;

public sealed class DeadlinesTests
{
    /// <summary>Compares with the plain model: one optional deadline per owner, the least of them due first.</summary>
    [Fact]
    public void Agrees_with_a_table_of_deadlines() =>
        Gen.Select(Gen.Int[0, 9], Gen.Long[0, 50].Nullable()).Array[0, 200].Sample(operations =>
        {
            var deadlines = new Deadlines<Owner>();
            var owners = Enumerable.Range(0, 10).Select(_ => new Owner()).ToArray();
            var model = new Dictionary<Owner, long>();

            foreach (var (index, at) in operations)
            {
                deadlines.Set(owners[index], at is null ? null : new MonoTime(at.Value));
                if (at is null)
                {
                    model.Remove(owners[index]);
                }
                else
                {
                    model[owners[index]] = at.Value;
                }

                Assert.Equal(model.Count, deadlines.Count);
                Assert.Equal(model.Count == 0 ? null : model.Values.Min(), deadlines.Next?.Ticks);
            }

            for (var now = 0L; now <= 50; now++)
            {
                while (deadlines.TryTakeDue(new MonoTime(now), out var owner))
                {
                    Assert.Equal(now, model[owner]);
                    Assert.Equal(-1, owner.HeapSlot);
                    model.Remove(owner);
                }
            }

            Assert.Empty(model);
        });

    private sealed class Owner : IDeadlineOwner
    {
        public int HeapSlot { get; set; } = -1;
    }
}
