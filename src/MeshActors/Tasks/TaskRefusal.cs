using Google.Protobuf;
using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>The answer to a request that is not run here.</summary>
internal static class TaskRefusal
{
    /// <summary>Says why, and ends the stream.</summary>
    public static void Send(ITaskStream stream, TaskFailureCode code, string message, bool notStarted)
    {
        if (stream.TrySend(new TaskFailure(code, message).ToReply(notStarted).ToByteArray()))
        {
            stream.Finish();
        }
        else
        {
            stream.Reset(TaskStreamCode.ShuttingDown);
        }
    }
}
