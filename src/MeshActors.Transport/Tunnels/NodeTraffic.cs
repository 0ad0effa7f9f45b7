namespace MeshActors.Transport.Tunnels;

/// <summary>What all tunnels of a node have carried since its start, by the kind of way; written by the driver loop, read by anyone.</summary>
internal sealed class NodeTraffic
{
    private long _direct;
    private long _punched;
    private long _relayed;

    public TrafficBytes Bytes => new(_direct, _punched, _relayed);

    public void Add(TrafficPath path, int bytes)
    {
        switch (path)
        {
            case TrafficPath.Direct:
                _direct += bytes;
                break;
            case TrafficPath.Punched:
                _punched += bytes;
                break;
            default:
                _relayed += bytes;
                break;
        }
    }
}
