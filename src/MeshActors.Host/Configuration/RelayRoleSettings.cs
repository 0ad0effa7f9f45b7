using System.Net;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.relay</c>, for nodes with that role.</summary>
/// <param name="Bind">Local address and UDP port, 0 for a free one.</param>
/// <param name="WebSocketBind">Local address and TCP port, 0 for a free one, for clients that UDP does not get through from; null for nowhere.</param>
internal sealed record RelayRoleSettings(IPEndPoint Bind, IPEndPoint? WebSocketBind)
{
    public static RelayRoleSettings FromConfig(SectionReader section) =>
        new(
            section.Value<IPEndPoint>("bind", Endpoints.BindForm, Endpoints.TryBind),
            section.Value<IPEndPoint?>("websocket-bind", "off, or " + Endpoints.BindForm, TryWebSocketBind));

    private static bool TryWebSocketBind(string text, out IPEndPoint? bind)
    {
        var known = Endpoints.TryBind(text, out var endpoint);
        bind = known ? endpoint : null;
        return known || text == "off";
    }
}
