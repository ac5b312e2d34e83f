using System.Collections.Concurrent;

namespace GoCross.Cmdlets.Tests.Scratch;

/// <summary>
/// A registry and a Docker engine that take every image, as far as their protocols say what they answer. The engine is the
/// one that docker would talk to as long as this is there.
/// </summary>
internal sealed class SendingServers : IDisposable
{
    private readonly string? _before = Environment.GetEnvironmentVariable("DOCKER_HOST");
    private readonly TestServer _registry;
    private readonly TestServer _engine;

    /// <summary>Begins.</summary>
    /// <param name="folder">Where the engine's socket is.</param>
    internal SendingServers(string folder)
    {
        string socket = Path.Combine(folder, "engine.sock");
        _registry = new TestServer(AnswerRegistryAsync);
        _engine = new TestServer(socket, AnswerEngineAsync);
        Environment.SetEnvironmentVariable("DOCKER_HOST", "unix://" + socket);
    }

    /// <summary>The registry: host and port.</summary>
    internal string Authority => _registry.Authority;

    /// <summary>The manifests that came, by tag or digest.</summary>
    internal ConcurrentDictionary<string, byte[]> Manifests { get; } = new();

    /// <summary>How many bytes of tars came to the engine.</summary>
    internal long Loaded { get; private set; }

    /// <summary>What the registry answers to the beginning of an upload.</summary>
    internal int BeginStatus { get; set; } = 202;

    /// <summary>What the engine answers to a tar.</summary>
    internal string LoadAnswer { get; set; } = """{"stream":"Loaded image: api:1\n"}""";

    /// <summary>Holds up what comes to the registry until it is released.</summary>
    internal TaskCompletionSource? Hold { get; set; }

    /// <summary>The requests to the registry.</summary>
    internal string[] RegistryRequests => _registry.Requests;

    /// <summary>The requests to the engine.</summary>
    internal string[] EngineRequests => _engine.Requests;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("DOCKER_HOST", _before);
        _registry.Dispose();
        _engine.Dispose();
    }

    private async Task AnswerRegistryAsync(TestCall call)
    {
        string name = call.Path.Split('?')[0].Split('/')[^1];
        if (call.Method is "GET" or "HEAD")
        {
            await (call.Path.Contains("/manifests/", StringComparison.Ordinal) && Manifests.TryGetValue(name, out byte[]? manifest)
                ? call.RespondAsync(200, manifest)
                : call.RespondAsync(call.Path == "/v2/" ? 200 : 404));
        }
        else if (call.Method == "POST")
        {
            await call.RespondAsync(BeginStatus, "", "Location: /v2/team/api/blobs/uploads/1");
        }
        else if (call.Path.Contains("/manifests/", StringComparison.Ordinal))
        {
            Manifests[name] = await call.ReceiveAsync();
            await call.RespondAsync(201);
        }
        else
        {
            await (Hold?.Task.WaitAsync(call.Stopped) ?? Task.CompletedTask);
            await call.ReceiveAsync();
            await call.RespondAsync(call.Method == "PUT" ? 201 : 204);
        }
    }

    private async Task AnswerEngineAsync(TestCall call)
    {
        if (!call.Path.Contains("/images/load", StringComparison.Ordinal))
        {
            await call.RespondAsync(200, """{"OSType":"linux","Architecture":"x86_64","NCPU":2}""");
            return;
        }

        // In chunks (RFC 9112, 7.1): the last is empty.
        byte[] piece = new byte[64 << 10];
        byte[] end = new byte[5];
        int count;
        while ((count = await call.Stream.ReadAsync(piece, call.Stopped)) > 0)
        {
            Loaded += count;
            end = [.. end.Concat(piece[..count]).TakeLast(5)];
            if (end.AsSpan().SequenceEqual("0\r\n\r\n"u8))
            {
                break;
            }
        }

        await call.RespondAsync(200, LoadAnswer);
    }
}
