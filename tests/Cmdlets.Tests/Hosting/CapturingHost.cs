using System.Globalization;
using System.Management.Automation.Host;

namespace GoCross.Cmdlets.Tests.Hosting;

/// <summary>The host of a <see cref="ModuleHost"/>. A script that calls exit is seen, and ends nothing.</summary>
internal sealed class CapturingHost(int width) : PSHost
{
    private readonly Guid _instanceId = Guid.NewGuid();

    public override string Name => "GoCross tests";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId => _instanceId;

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override PSHostUserInterface UI => Screen;

    /// <summary>The user interface, as what it is.</summary>
    internal CapturingUI Screen { get; } = new(width);

    /// <summary>The status that a script asked to exit with.</summary>
    internal int? ExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("Nobody is at the prompt.");

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
