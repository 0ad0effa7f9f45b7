using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Threading.Tasks;
using MeshActors.Capabilities;

namespace MeshActors.Agents;

/// <summary>What one agent serves: its handlers of every shape, as one shape.</summary>
internal sealed class CapabilityTable
{
    /// <summary>Capabilities of one agent; a node's record holds as many in all.</summary>
    public const int MaxCapabilities = 32;

    private readonly List<ServedCapability> _served = [];

    public IReadOnlyList<ServedCapability> Served => _served;

    /// <summary>The capability served under that very name and version.</summary>
    public ServedCapability? Find(string name, CapabilityVersion version)
    {
        foreach (var served in _served)
        {
            if (served.Descriptor.Name == name && served.Descriptor.Version == version)
            {
                return served;
            }
        }

        return null;
    }

    public void Add<TRequest, TResult>(
        CapabilityDescriptor descriptor, Func<TRequest, TaskContext, TResult> handler) =>
        Add(descriptor, HandlerShape.Value, ReadTyped<TRequest>(descriptor), (request, context, output) =>
        {
            output.Complete(PayloadJson.Write(handler((TRequest)request!, context)), raw: false);
            return Task.CompletedTask;
        });

    public void Add<TRequest, TResult>(
        CapabilityDescriptor descriptor, Func<TRequest, TaskContext, Task<TResult>> handler) =>
        Add(descriptor, HandlerShape.Task, ReadTyped<TRequest>(descriptor), async (request, context, output) =>
        {
            var result = await handler((TRequest)request!, context);
            output.Complete(PayloadJson.Write(result), raw: false);
        });

    public void Add<TRequest, TPart>(
        CapabilityDescriptor descriptor, Func<TRequest, TaskContext, IAsyncEnumerable<TPart>> handler) =>
        Add(descriptor, HandlerShape.Parts, ReadTyped<TRequest>(descriptor), async (request, context, output) =>
        {
            await foreach (var part in handler((TRequest)request!, context).WithCancellation(context.CancellationToken))
            {
                await output.WritePartAsync(PayloadJson.Write(part), raw: false, context.CancellationToken);
            }

            output.Complete();
        });

    public void AddRaw(CapabilityDescriptor descriptor, Func<JsonElement, TaskContext, Task<JsonElement>> handler) =>
        Add(descriptor, HandlerShape.Task, ReadRaw(descriptor), async (request, context, output) =>
        {
            var result = await handler((JsonElement)request!, context);
            output.Complete(PayloadJson.Write(result), raw: true);
        });

    public void AddRaw(
        CapabilityDescriptor descriptor, Func<JsonElement, TaskContext, IAsyncEnumerable<JsonElement>> handler) =>
        Add(descriptor, HandlerShape.Parts, ReadRaw(descriptor), async (request, context, output) =>
        {
            var parts = handler((JsonElement)request!, context);
            await foreach (var part in parts.WithCancellation(context.CancellationToken))
            {
                await output.WritePartAsync(PayloadJson.Write(part), raw: true, context.CancellationToken);
            }

            output.Complete();
        });

    /// <summary>Strict reading is the check; a schema that was given, not made from the type, counts besides.</summary>
    private static RequestReader ReadTyped<TRequest>(CapabilityDescriptor descriptor)
    {
        var given = descriptor.RequestSchema == SchemaExport.Export(typeof(TRequest)) ? null : descriptor.RequestSchema;
        return Read;

        bool Read(
            SchemaValidator schemas,
            ReadOnlyMemory<byte> payload,
            out object? request,
            [NotNullWhen(false)] out SchemaViolation? violation)
        {
            request = null;
            violation = given is null ? null : schemas.Validate(given, payload);
            if (violation is not null || !PayloadJson.TryRead<TRequest>(payload, out var typed, out violation))
            {
                return false;
            }

            request = typed;
            return true;
        }
    }

    private static RequestReader ReadRaw(CapabilityDescriptor descriptor)
    {
        return Read;

        bool Read(
            SchemaValidator schemas,
            ReadOnlyMemory<byte> payload,
            out object? request,
            [NotNullWhen(false)] out SchemaViolation? violation)
        {
            request = null;
            violation = schemas.Validate(descriptor.RequestSchema, payload);
            if (violation is not null || !PayloadJson.TryRead(payload, out var json, out violation))
            {
                return false;
            }

            request = json;
            return true;
        }
    }

    private void Add(CapabilityDescriptor descriptor, HandlerShape shape, RequestReader read, TaskHandler handle)
    {
        if (_served.Count == MaxCapabilities)
        {
            throw new InvalidOperationException($"An agent serves at most {MaxCapabilities} capabilities.");
        }

        if (Find(descriptor.Name, descriptor.Version) is not null)
        {
            throw new InvalidOperationException($"The agent serves {descriptor} twice.");
        }

        _served.Add(new ServedCapability(descriptor, shape, read, handle));
    }
}
