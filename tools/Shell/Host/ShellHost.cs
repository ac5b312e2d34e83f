using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace GoCross.Shell.Host;

/// <summary>The host that the engine talks to.</summary>
internal sealed class ShellHost(bool nonInteractive) : PSHost
{
    private readonly Guid _instanceId = Guid.NewGuid();

    public override string Name => "GoCross Shell";

    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!;

    public override Guid InstanceId => _instanceId;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override PSHostUserInterface UI => Screen;

    /// <summary>The user interface, as what it is.</summary>
    internal ShellUI Screen { get; } = new(nonInteractive);

    /// <summary>The status that a script asked to exit with, if one did.</summary>
    internal int? ExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() =>
        throw new NotSupportedException("This shell has no prompt within a prompt. Use pwsh to debug a script.");

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
