using MeshActors.Transport.Addressing;

namespace MeshActors.Tasks;

/// <summary>A task as a worker knows it: ids of different callers never meet.</summary>
/// <param name="Caller">Who asks; its tunnel proves it.</param>
/// <param name="Id">The task's id.</param>
internal readonly record struct TaskKey(MeshAddress Caller, TaskId Id);
