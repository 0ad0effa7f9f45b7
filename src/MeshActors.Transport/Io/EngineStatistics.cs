namespace MeshActors.Transport.Io;

/// <summary>What the driver loop of an engine has done since its start.</summary>
/// <param name="DatagramsSent">All that were handed to the system.</param>
/// <param name="DatagramsRefused">Of these, what the system did not take: lost.</param>
/// <param name="BytesSent">UDP payload.</param>
/// <param name="SendCalls">Calls to the system; each takes up to 64 datagrams.</param>
/// <param name="DatagramsReceived">All that came in.</param>
/// <param name="BytesReceived">UDP payload.</param>
/// <param name="RunsReceived">Runs that they came in by.</param>
/// <param name="Turns">Turns of the loop.</param>
/// <param name="Waits">How often it went to sleep.</param>
/// <param name="AllocatedBytes">Managed memory that the loop's thread ever asked for, callbacks included.</param>
internal readonly record struct EngineStatistics(
    long DatagramsSent,
    long DatagramsRefused,
    long BytesSent,
    long SendCalls,
    long DatagramsReceived,
    long BytesReceived,
    long RunsReceived,
    long Turns,
    long Waits,
    long AllocatedBytes);
