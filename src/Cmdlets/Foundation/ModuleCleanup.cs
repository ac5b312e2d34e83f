using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>What is done when the module is removed from a session.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <summary>Forgets the images that were read.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => ImageArguments.Session.Clear();
}
