using MeshActors.Transport.Diagnostics;

namespace MeshActors.Tasks;

/// <summary>One caller's stream and how much of a task's transcript it has got.</summary>
internal sealed class TaskAttachment
{
    public TaskAttachment(ITaskStream stream)
    {
        Stream = stream;
    }

    public ITaskStream Stream { get; }

    /// <summary>The place of the first message that was not taken by the stream.</summary>
    public int Taken { get; private set; }

    /// <summary>Sends what the stream takes; finishes it after the transcript's last message.</summary>
    /// <returns>True when the stream has been finished.</returns>
    public bool Pump(TaskTranscript transcript)
    {
        Invariant.Require(transcript.CanReplay || Taken > 0);
        while (Taken < transcript.Count)
        {
            if (!Stream.TrySend(transcript[Taken]))
            {
                return false;
            }

            Taken++;
        }

        if (transcript.Ended)
        {
            Stream.Finish();
        }

        return transcript.Ended;
    }
}
