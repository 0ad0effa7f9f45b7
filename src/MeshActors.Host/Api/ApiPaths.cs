namespace MeshActors.Host.Api;

/// <summary>Paths and headers of the local API.</summary>
internal static class ApiPaths
{
    public const string Status = "/v1/status";
    public const string Query = "/v1/directory/query";
    public const string Tasks = "/v1/tasks";
    public const string Health = "/healthz";
    public const string Ready = "/readyz";

    /// <summary>Name of a running task, for its cancellation.</summary>
    public const string TaskHeader = "x-mesh-task-id";
}
