using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Views;

/// <summary>
/// Real objects of one output type, for the tests of its views. The tests find every public class that implements this
/// and has a constructor without parameters. A type may have several: one for what all is well with, one for what is
/// not, so that every branch of a cell is taken.
/// </summary>
public interface IViewSample
{
    /// <summary>The full name of the objects' type, as [OutputType] gives it.</summary>
    string OutputType { get; }

    /// <summary>The programs without which the objects cannot be made. Where one is missing the sample is left out.</summary>
    IReadOnlyList<string> Tools => [];

    /// <summary>Makes the objects; they must come from the module's cmdlets.</summary>
    /// <param name="host">An engine with the module and an empty folder for its location.</param>
    IReadOnlyList<PSObject> Create(SampleHost host);
}
