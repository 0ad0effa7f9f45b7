using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Configuration;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>An actor system whose remoting goes over one of the transports, all else as Akka.NET sets it.</summary>
internal sealed class RemotingSystem : IDisposable
{
    /// <summary>Longer than the largest message, for the transports that have such a bound.</summary>
    private const int LongestMessage = 2 * 1024 * 1024;

    /// <summary>How often Akka.Remote asks systems with watched actors for a sign of life: its own default.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    private const string Password = "benchmark";

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("meshactors-bench-");

    private RemotingSystem(RemotingKind kind, IPAddress address, string secret)
    {
        var common = $$"""
            akka {
              loglevel = ERROR
              stdout-loglevel = ERROR
              actor.provider = remote
              remote.log-remote-lifecycle-events = off
              remote.watch-failure-detector {
                implementation-class = "{{typeof(TimedDetector).AssemblyQualifiedName}}"
                heartbeat-interval = {{HeartbeatInterval.TotalSeconds}}s
              }
            }
            """;
        var own = kind == RemotingKind.Mesh ? Mesh(address, secret) : Tcp(address, withTls: kind == RemotingKind.Tls);
        Actors = ActorSystem.Create("bench", ConfigurationFactory.ParseString(own).WithFallback(ConfigurationFactory.ParseString(common)));
    }

    public ActorSystem Actors { get; }

    /// <summary>What peers call it.</summary>
    public Address Address => ((ExtendedActorSystem)Actors).Provider.DefaultAddress;

    /// <param name="kind">What it goes over.</param>
    /// <param name="address">What it binds, on any free port.</param>
    /// <param name="secret">The fleet secret of the run; the mesh alone has one.</param>
    public static RemotingSystem Start(RemotingKind kind, IPAddress address, string secret) => new(kind, address, secret);

    public void Dispose()
    {
        Actors.Terminate().Wait(TimeSpan.FromSeconds(20));
        Actors.Dispose();
        _files.Delete(recursive: true);
    }

    private string Mesh(IPAddress address, string secret)
    {
        var file = Path.Combine(_files.FullName, "fleet.secret");
        File.WriteAllText(file, string.Empty);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.WriteAllText(file, secret);
        return $$"""
            akka.remote.enabled-transports = ["akka.remote.mesh"]
            akka.remote.mesh {
              transport-class = "MeshActors.Transport.Remoting.MeshTransport, MeshActors.Transport"
              hostname = "{{address}}"
              fleet-secret-file = "{{file}}"
            }
            """;
    }

    private string Tcp(IPAddress address, bool withTls) => $$"""
        akka.remote.dot-netty.tcp {
          hostname = "{{address}}"
          port = 0
          maximum-frame-size = {{LongestMessage}}b
          {{(withTls ? Tls() : string.Empty)}}
        }
        """;

    /// <summary>A certificate made for this run and known to nobody: what is measured is the record layer.</summary>
    private string Tls()
    {
        var file = Path.Combine(_files.FullName, "node.pfx");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=benchmark", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pkcs12, Password));
        return $$"""
            enable-ssl = true
            ssl {
              suppress-validation = true
              certificate { path = "{{file}}", password = "{{Password}}" }
            }
            """;
    }
}
