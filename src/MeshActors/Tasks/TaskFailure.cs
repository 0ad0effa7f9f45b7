using MeshActors.Wire;

namespace MeshActors.Tasks;

/// <summary>What a worker said about a task that it did not do, or not to its end.</summary>
/// <param name="Code">The reason.</param>
/// <param name="Message">For people.</param>
/// <param name="Field">JSON path of the field that breaks the schema, or empty.</param>
internal sealed record TaskFailure(TaskFailureCode Code, string Message, string Field = "")
{
    /// <summary>Characters of the message and of the field that are kept; what is longer is cut.</summary>
    public const int MaxTextLength = 2_048;

    /// <summary>Reads what a worker sent; texts that are too long are cut, an unknown code counts as unspecified.</summary>
    public static TaskFailure From(TaskFailed failed) => new(failed.Code, Cut(failed.Message), Cut(failed.Field));

    /// <summary>The task's outcome when every other node would say the same; null when another may be asked.</summary>
    /// <param name="notStarted">True when no agent began.</param>
    public MeshErrorCode? FinalCode(bool notStarted) => Code switch
    {
        TaskFailureCode.SchemaViolation => MeshErrorCode.SchemaViolation,
        TaskFailureCode.TooLarge => MeshErrorCode.TooLarge,
        TaskFailureCode.DeadlineExceeded => MeshErrorCode.DeadlineExceeded,
        TaskFailureCode.AgentFailed when !notStarted => MeshErrorCode.AgentFailed,
        _ => null,
    };

    /// <summary>The message that says this.</summary>
    public TaskReply ToReply(bool notStarted) => new()
    {
        Failed = new TaskFailed
        {
            Code = Code,
            Message = Cut(Message),
            Field = Cut(Field),
            NotStarted = notStarted,
        },
    };

    private static string Cut(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength];
}
