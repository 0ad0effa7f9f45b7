namespace MeshActors.Transport.WebSockets;

/// <summary>What a request for an upgrade turned out to be.</summary>
internal enum UpgradeOutcome
{
    /// <summary>Its end has not come yet.</summary>
    Incomplete,

    /// <summary>All is well: it is answered with 101.</summary>
    Accepted,

    /// <summary>Longer than is read: 431.</summary>
    TooLong,

    /// <summary>No request of HTTP/1.1, one with a body, or one with a field that must not be there twice: 400.</summary>
    Malformed,

    /// <summary>Another path: 404.</summary>
    NotFound,

    /// <summary>Another method than GET: 405.</summary>
    WrongMethod,

    /// <summary>No upgrade to version 13 of WebSocket: 426.</summary>
    NoUpgrade,

    /// <summary>The subprotocol is not offered, or the key is no key: 400.</summary>
    WrongOffer,
}
