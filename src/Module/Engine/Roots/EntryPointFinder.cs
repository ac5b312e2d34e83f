using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Roots;

/// <summary>
/// Finds the program that a container of an image starts with, as runc does: ENTRYPOINT and CMD (OCI image-spec,
/// config.md), looked up on the image's PATH where it has no slash, and through the first lines of scripts as the
/// kernel goes (execve(2), "Interpreter scripts").
/// </summary>
internal sealed class EntryPointFinder(ImageRoot root, ImageConfiguration configuration)
{
    /// <summary>What Docker sets where the image sets none (moby, oci/defaults: DefaultPathEnv).</summary>
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Scripts that may lead to scripts (the kernel's bprm_execve gives up with ELOOP at more).</summary>
    private const int MaxScripts = 5;

    /// <summary>Bytes of a script that the kernel looks at (BINPRM_BUF_SIZE).</summary>
    private const int ScriptHead = 256;

    /// <summary>Finds it.</summary>
    /// <exception cref="GoCrossException">
    /// ImageNoCommand; EntryPointMissing; ScriptInterpreterMissing; ScriptsTooDeep; what reading a file of the image
    /// throws.
    /// </exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    internal EntryPoint Find()
    {
        string name = configuration.Entrypoint.Concat(configuration.Command).FirstOrDefault(string.Empty);
        if (name.Length == 0)
        {
            throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.ImageNoCommand), root.Name);
        }

        string path = Locate(name) ?? throw GoCrossException.Create(
            ErrorKind.NotFound,
            nameof(Messages.EntryPointMissing),
            root.Name,
            name,
            name.Contains('/', StringComparison.Ordinal) ? Absolute(name) : SearchPath);
        var scripts = new List<string>();
        while (InterpreterOf(path) is { } interpreter)
        {
            scripts.Add(path);
            if (scripts.Count > MaxScripts)
            {
                throw GoCrossException.Create(
                    ErrorKind.LimitExceeded, nameof(Messages.ScriptsTooDeep), root.Name, scripts[0], MaxScripts);
            }

            path = LocateFile(Absolute(interpreter)) ?? throw GoCrossException.Create(
                ErrorKind.NotFound, nameof(Messages.ScriptInterpreterMissing), root.Name, path, interpreter);
            name = interpreter;
        }

        return new EntryPoint(path, name, scripts);
    }

    private string SearchPath => configuration.Environment.GetValueOrDefault("PATH", DefaultPath);

    private string? Locate(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return LocateFile(Absolute(name));
        }

        // os/exec's LookPath, which runc uses: only what somebody may execute counts.
        foreach (string folder in SearchPath.Split(':'))
        {
            if (LocateFile(Absolute($"{(folder.Length == 0 ? "." : folder)}/{name}")) is { } found
                && (root.ModeOf(found) & RootStart.AnyExecute) != 0)
            {
                return found;
            }
        }

        return null;
    }

    private string Absolute(string path) => path.StartsWith('/')
        ? path
        : $"/{configuration.WorkingDirectory.Trim('/')}/{path}";

    private string? LocateFile(string path) =>
        root.RealPath(path) is { } real && root.IsFile(real) ? real : null;

    // The first line of a script, up to the interpreter's first argument; null for what is not a script.
    private string? InterpreterOf(string path)
    {
        Span<byte> head = stackalloc byte[ScriptHead];
        using (IRandomAccessSource source = root.Open(path))
        {
            head = head[..source.Read(0, head)];
        }

        if (!head.StartsWith("#!"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> line = head[2..];
        int end = line.IndexOf((byte)'\n');
        line = (end < 0 ? line : line[..end]).Trim(" \t"u8);
        int space = line.IndexOfAny((byte)' ', (byte)'\t', (byte)0);
        return Encoding.UTF8.GetString(space < 0 ? line : line[..space]);
    }
}
