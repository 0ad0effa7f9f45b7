using System.Net;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.relay</c>, for nodes with that role.</summary>
/// <param name="Bind">Local address and UDP port, 0 for a free one.</param>
internal sealed record RelayRoleSettings(IPEndPoint Bind)
{
    public static RelayRoleSettings FromConfig(SectionReader section) =>
        new(section.Value<IPEndPoint>("bind", Endpoints.BindForm, Endpoints.TryBind));
}
