using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>Tells a child process that its parent has closed the pipe between them, or is gone.</summary>
internal static class InputEnd
{
    /// <summary>Completes when the stream ends; what comes before is thrown away.</summary>
    /// <param name="input">Standard input; read on a thread of its own, because reads of a pipe cannot be
    /// cancelled.</param>
    public static Task WaitAsync(Stream input)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            var buffer = new byte[256];
            try
            {
                while (input.Read(buffer) > 0)
                {
                }
            }
            catch (IOException)
            {
                // As good as its end.
            }

            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = "parent watch",
        }.Start();
        return ended.Task;
    }
}
