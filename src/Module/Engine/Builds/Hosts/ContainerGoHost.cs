using System.Formats.Tar;
using System.Globalization;
using System.Text;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>
/// A container: one of an image at an engine, which lives until this is disposed. Source code goes into it as a tar
/// archive and programs come out of it as one, so that the engine can be anywhere. All builds in it share the caches of
/// builds and modules that it has.
/// </summary>
/// <remarks>
/// Folders of this machine have the same path there, so that what go.mod, go.work and links say in full paths holds
/// there, too; C:\src is /c/src. go runs as the root of the container.
/// </remarks>
public sealed class ContainerGoHost : IGoHost, IAsyncDisposable
{
    private const string Root = "0:0";
    private const string Purpose = "go build";
    private const int Killed = 128 + 9;

    // The engine kills what runs and removes its files: that takes a while on some file systems.
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(60);

    private readonly IContainerEngine _engine;
    private readonly ContainerHostOptions _options;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string _container;
    private readonly IDisposable _input;
    private readonly ContainerPrograms _programs;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly List<string> _sent = [];

    private ContainerGoHost(
        IContainerEngine engine,
        ContainerHostOptions options,
        IReadOnlyDictionary<string, string> environment,
        string container,
        IDisposable input,
        EngineFacts facts,
        ContainerPrograms programs)
    {
        _engine = engine;
        _options = options;
        _environment = environment;
        _container = container;
        _input = input;
        Facts = facts;
        _programs = programs;
    }

    /// <inheritdoc/>
    public string Name => $"{Image} at {Engine}";

    /// <summary>The image, as the user named it.</summary>
    public string Image => _options.Image;

    /// <summary>How messages name the engine.</summary>
    public string Engine => _engine.Endpoint;

    /// <summary>What the engine runs on.</summary>
    public EngineFacts Facts { get; }

    /// <summary>Starts a container. An image that the engine does not have is pulled.</summary>
    /// <param name="engine">The engine. It is disposed with the host, or where the start fails.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellation">Ends the start; nothing is left.</param>
    /// <exception cref="GoCrossException">
    /// ImagePullFailed; ContainerImageForeign; ContainerVariableSecret; ModuleCredentialMissing; ModuleAgentRemote; PrivateModuleInvalid; what the engine's calls throw.
    /// </exception>
    public static async Task<ContainerGoHost> StartAsync(
        IContainerEngine engine, ContainerHostOptions options, CancellationToken cancellation)
    {
        try
        {
            Dictionary<string, string> sent = SentVariables.Collect(options.Variable);
            var secrets = ModuleSecrets.Read(options, engine.Endpoint);
            foreach ((string name, string value) in secrets.Environment)
            {
                sent[name] = value;
            }

            EngineFacts facts = await engine.GetFactsAsync(cancellation).ConfigureAwait(false);
            EngineImage image = await FindImageAsync(engine, options, cancellation).ConfigureAwait(false);
            var environment = new Dictionary<string, string>(image.Environment, StringComparer.Ordinal);
            foreach ((string name, string value) in sent)
            {
                environment[name] = value;
            }

            // The main process is a shell that waits for commands on an input that only this process holds open: whatever
            // ends this process, the shell ends, and the engine removes the container. Builds run beside it.
            string container = await engine.CreateContainerAsync(
                new ContainerSpecification
                {
                    Image = image.Id,
                    Command = ["/bin/sh"],
                    Purpose = Purpose,
                    Environment = sent,
                    Mounts = secrets.Mounts,
                    User = Root,
                    WorkingDirectory = "/",
                    HasHeldInput = true,
                },
                cancellation).ConfigureAwait(false);
            IDisposable? input = null;
            try
            {
                input = await engine.HoldInputAsync(container, cancellation).ConfigureAwait(false);
                await engine.StartContainerAsync(container, cancellation).ConfigureAwait(false);
                ContainerPrograms programs = await FindProgramsAsync(engine, container, options, facts, image, cancellation).ConfigureAwait(false);

                // After the first program that runs there, which tells of an image whose programs do not run at all.
                await secrets.PutAsync(engine, container, options.Image, cancellation).ConfigureAwait(false);
                return new ContainerGoHost(engine, options, environment, container, input, facts, programs);
            }
            catch
            {
                await RemoveAsync(engine, container).ConfigureAwait(false);
                input?.Dispose();
                throw;
            }
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string LocateGo(string? given) => given is not null
        ? _programs.GivenGo ?? throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.ContainerGoPathInvalid), given, Image)
        : _programs.Find("go") ?? throw GoCrossException.Create(ErrorKind.ToolMissing, nameof(Messages.ContainerWithoutGo), Image);

    /// <inheritdoc/>
    public string? FindProgram(string name) => _programs.Find(name);

    /// <inheritdoc/>
    public string? GetVariable(string name) => _environment.GetValueOrDefault(name);

    /// <inheritdoc/>
    public string PathOf(string localFolder) => !OperatingSystem.IsWindows() ? localFolder
        : "/" + localFolder.Replace(":", string.Empty, StringComparison.Ordinal).Replace('\\', '/').TrimStart('/');

    /// <summary>
    /// Sends the source code that go reads where it builds in a folder: the module, or the whole workspace. What was sent
    /// is not sent again, even if it has changed meanwhile: a matrix is of one source.
    /// </summary>
    /// <param name="workingDirectory">The full path of the folder on this machine that go is to run in.</param>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <exception cref="GoCrossException">SourceTooLarge; SourceTooManyFiles; SourceUnreadable; ContainerGone.</exception>
    public async Task SendAsync(string workingDirectory, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            string[] folders =
            [
                .. SourceFolders.Of(workingDirectory, _options.Variable("GOWORK"))
                    .Where(folder => !_sent.Exists(sent => folder == sent || SourceFolders.IsWithin(folder, sent))),
            ];
            if (folders.Length > 0)
            {
                // git's files are of no use where there is no git.
                var archive = SourceArchive.Create(folders, FindProgram("git") is not null, PathOf, cancellation);
                _options.OnStatus(string.Create(
                    CultureInfo.CurrentCulture,
                    $"{Name}: sending {archive.Count} files with {archive.Length >> 10} KiB of {string.Join(", ", folders)}"));
                await _engine.PutArchiveAsync(_container, "/", archive.WriteAsync, cancellation).ConfigureAwait(false);
                _sent.AddRange(folders);
            }

            // In no module: go says so, but needs the folder for that.
            await RequireAsync("mkdir", ["-p", "--", PathOf(workingDirectory)], cancellation).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        string[] removed = [.. request.Environment.Where(pair => pair.Value is null && _environment.ContainsKey(pair.Key)).Select(pair => pair.Key)];
        ProcessResult result = await _engine.ExecuteAsync(
            _container,
            new ProcessRequest
            {
                FileName = removed.Length == 0 ? request.FileName : "env",
                Arguments = removed.Length == 0
                    ? request.Arguments
                    : [.. removed.SelectMany(name => new[] { "-u", name }), request.FileName, .. request.Arguments],
                WorkingDirectory = request.WorkingDirectory,
                Environment = request.Environment.Where(pair => pair.Value is not null).ToDictionary(StringComparer.Ordinal),
                OnOutputLine = request.OnOutputLine,
                OnErrorLine = request.OnErrorLine,
            },
            cancellation).ConfigureAwait(false);
        if (result.ExitCode == Killed)
        {
            // By itself, or with its container: an engine that shuts down kills what runs before it is gone. This tells.
            await RequireAsync("true", [], cancellation).ConfigureAwait(false);
        }

        return result;
    }

    /// <inheritdoc/>
    public async Task<IGoWorkFolder> CreateWorkFolderAsync(string localOutput, bool isFolder, CancellationToken cancellation)
    {
        string folder = $"/tmp/gocross-{Guid.NewGuid():N}";
        await RequireAsync("mkdir", ["-p", "--", isFolder ? folder + "/programs" : folder], cancellation).ConfigureAwait(false);
        return new WorkFolder(this, folder, localOutput, isFolder);
    }

    /// <summary>Kills and removes the container. An engine that does not answer any more is left alone.</summary>
    public async ValueTask DisposeAsync()
    {
        await RemoveAsync(_engine, _container).ConfigureAwait(false);
        _input.Dispose();
        _engine.Dispose();
        _sending.Dispose();
    }

    private static async Task<EngineImage> FindImageAsync(
        IContainerEngine engine, ContainerHostOptions options, CancellationToken cancellation)
    {
        try
        {
            return await engine.InspectImageAsync(options.Image, cancellation).ConfigureAwait(false);
        }
        catch (GoCrossException e) when (e.ErrorId == nameof(Messages.ImageNotInEngine))
        {
            if (!options.Pulls)
            {
                throw;
            }

            options.OnStatus($"{options.Image} is not at {engine.Endpoint}, which pulls it.");
            await engine.PullImageAsync(options.Image, options.OnStatus, cancellation).ConfigureAwait(false);
            return await engine.InspectImageAsync(options.Image, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<ContainerPrograms> FindProgramsAsync(
        IContainerEngine engine,
        string container,
        ContainerHostOptions options,
        EngineFacts facts,
        EngineImage image,
        CancellationToken cancellation)
    {
        try
        {
            return ContainerPrograms.Read(
                await engine.ExecuteAsync(container, ContainerPrograms.Request(options.GoPath), cancellation).ConfigureAwait(false));
        }
        catch (GoCrossException e) when (
            e.ErrorId is nameof(Messages.ContainerGone) or nameof(Messages.ContainerProgramNotStarted)
            && image.Platform is not null && image.Platform.Architecture != facts.Platform.Architecture)
        {
            // Its shell ended at once. An engine with QEMU runs such an image, so that it is not refused beforehand.
            throw GoCrossException.Create(
                e,
                ErrorKind.Unsupported,
                nameof(Messages.ContainerImageForeign),
                options.Image,
                image.Platform,
                engine.Endpoint,
                facts.Platform);
        }
    }

    private static async Task RemoveAsync(IContainerEngine engine, string container)
    {
        using var timeout = new CancellationTokenSource(RemovalTimeout);
        try
        {
            await engine.RemoveContainerAsync(container, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is GoCrossException or OperationCanceledException)
        {
            // Its input ends now: where the engine lives, the container removes itself.
        }
    }

    private async Task RequireAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        ProcessResult result = await _engine.ExecuteAsync(
            _container,
            new ProcessRequest { FileName = program, Arguments = arguments, WorkingDirectory = "/" },
            cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw GoCrossException.Create(
                ErrorKind.Unavailable, nameof(Messages.WorkFolderNotMade), $"{arguments.LastOrDefault()} ({Name})", result.StandardError.Trim());
        }
    }

    private sealed class WorkFolder(ContainerGoHost host, string path, string localOutput, bool isFolder) : IGoWorkFolder
    {
        private const UnixFileMode ProgramMode = (UnixFileMode)0b111_111_111;

        public string Path => path;

        public string OutputPath => path + (isFolder ? "/programs/" : "/program");

        public async Task<string> AddFileAsync(string name, string content, CancellationToken cancellation)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(content);
            await host._engine.PutArchiveAsync(
                host._container,
                path,
                async (stream, stop) =>
                {
                    var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
                    await using (tar.ConfigureAwait(false))
                    {
                        var entry = new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) };
                        await tar.WriteEntryAsync(entry, stop).ConfigureAwait(false);
                    }
                },
                cancellation).ConfigureAwait(false);
            return $"{path}/{name}";
        }

        public async Task FetchAsync(CancellationToken cancellation)
        {
            Stream archive = await host._engine.GetArchiveAsync(host._container, OutputPath.TrimEnd('/'), cancellation).ConfigureAwait(false);
            await using (archive.ConfigureAwait(false))
            {
                try
                {
                    await ExtractAsync(archive, cancellation).ConfigureAwait(false);
                }
                catch (Exception e) when (e is EndOfStreamException or HttpRequestException or HttpIOException or InvalidDataException)
                {
                    throw GoCrossException.CreateLoss(
                        e, ErrorKind.Unavailable, nameof(Messages.ContainerGone), host.Engine, e.Message);
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            using var timeout = new CancellationTokenSource(RemovalTimeout);
            try
            {
                await host.RequireAsync("rm", ["-rf", "--", path], timeout.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is GoCrossException or OperationCanceledException)
            {
                // It goes away with the container.
            }
        }

        private async Task ExtractAsync(Stream archive, CancellationToken cancellation)
        {
            int files = 0;
            var reader = new TarReader(archive);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.GetNextEntryAsync(copyData: false, cancellation).ConfigureAwait(false) is { } entry)
                {
                    if (entry is { DataStream: { } content, EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile })
                    {
                        // Only the last part of its name is taken: whatever an engine says, the file goes into the folder.
                        string file = isFolder ? System.IO.Path.Combine(localOutput, System.IO.Path.GetFileName(entry.Name)) : localOutput;
                        await WriteAsync(file, content, cancellation).ConfigureAwait(false);
                        files++;
                    }
                }
            }

            if (files == 0 && !isFolder)
            {
                throw new InvalidDataException("the archive holds no file");
            }
        }

        private static async Task WriteAsync(string path, Stream content, CancellationToken cancellation)
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.Asynchronous,
            };
            if (!OperatingSystem.IsWindows())
            {
                // As go build makes it: what the umask leaves of it.
                options.UnixCreateMode = ProgramMode;
            }

            var file = new FileStream(path, options);
            await using (file.ConfigureAwait(false))
            {
                await content.CopyToAsync(file, cancellation).ConfigureAwait(false);
            }
        }
    }
}
