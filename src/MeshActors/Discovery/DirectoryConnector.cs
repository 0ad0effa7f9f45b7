using System;
using System.Threading.Tasks;
using Akka.Actor;

namespace MeshActors.Discovery;

/// <summary>Opens a directory stream to a backbone.</summary>
/// <param name="backbone">Which one.</param>
/// <param name="owner">Who is told what happens to the stream.</param>
/// <param name="timeout">How long it may take; then the task fails.</param>
internal delegate Task<IDirectoryStream> DirectoryConnector(
    BackboneSettings backbone, IActorRef owner, TimeSpan timeout);
