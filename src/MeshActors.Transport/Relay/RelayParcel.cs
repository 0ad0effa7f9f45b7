using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Relay;

/// <summary>A frame in a slot, on its way through a relay.</summary>
/// <param name="Slot">Which slot.</param>
/// <param name="Datagram">Where in the slot the datagram begins; before it there is room for the largest head.</param>
/// <param name="Length">Bytes of the datagram.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Target">For whom it is.</param>
/// <param name="Entry">Where it entered, as this relay numbers those it forwards to; 0 here.</param>
internal readonly record struct RelayParcel(
    int Slot, int Datagram, int Length, MeshAddress Source, MeshAddress Target, ushort Entry);
