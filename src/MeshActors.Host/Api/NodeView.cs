using System;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using MeshActors.Tasks;

namespace MeshActors.Host.Api;

/// <summary>The running node as the local API sees it.</summary>
/// <param name="Mesh">Queries and tasks; null on a node without the role agent.</param>
/// <param name="StatusAsync">What <c>/v1/status</c> answers, made for each request.</param>
/// <param name="IsReadyAsync">Whether the node can do what its roles say.</param>
internal sealed record NodeView(IMesh? Mesh, Func<Task<JsonObject>> StatusAsync, Func<Task<bool>> IsReadyAsync);
