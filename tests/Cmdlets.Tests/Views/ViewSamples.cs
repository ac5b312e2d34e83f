using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Views;

/// <summary>All samples. The objects of each are made once for the tests of the views, by the first that asks for them.</summary>
public sealed class ViewSamples : IDisposable
{
    /// <summary>Every sample of this assembly.</summary>
    internal IReadOnlyList<MadeSample> All { get; } =
    [
        .. typeof(ViewSamples).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IViewSample).IsAssignableFrom(type))
            .Select(type => new MadeSample((IViewSample)Activator.CreateInstance(type)!)),
    ];

    /// <summary>Those whose programs are here.</summary>
    internal IEnumerable<MadeSample> ThatCanBeMade => All.Where(made => made.Sample.Tools.All(tool => Tools.Find(tool) is not null));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MadeSample made in All)
        {
            made.Dispose();
        }
    }
}

/// <summary>A sample with its objects, and the session that they come from.</summary>
internal sealed class MadeSample : IDisposable
{
    private readonly Lazy<ModuleHost> _host = new(() => new ModuleHost());
    private readonly Lazy<IReadOnlyList<PSObject>> _objects;

    internal MadeSample(IViewSample sample)
    {
        Sample = sample;
        _objects = new(() => sample.Create(new SampleHost(Host)));
    }

    internal IViewSample Sample { get; }

    /// <summary>The session: 80 columns wide, in a folder that is there as long as the sample.</summary>
    internal ModuleHost Host => _host.Value;

    /// <summary>The objects. A sample that cannot make them throws each time.</summary>
    internal IReadOnlyList<PSObject> Objects => _objects.Value;

    public void Dispose()
    {
        if (_host.IsValueCreated)
        {
            _host.Value.Dispose();
        }
    }
}
