using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Discovery;

/// <summary>Whose record it is: the root key is the identity, the address only locates.</summary>
internal readonly record struct RecordKey(MeshAddress Address, RootKey Root);
