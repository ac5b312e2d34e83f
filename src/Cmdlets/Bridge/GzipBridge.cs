using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Cmdlets.Bridge;

/// <summary>The door to GoCross.Gzip.dll. Nothing behind it is loaded before somebody compresses a layer with gzip.</summary>
internal static class GzipBridge
{
    private static readonly Lazy<IGzipEncoder> LoadedEncoder = new(
        () => PrivateAssembly.Create<IGzipEncoder>(PrivateAssembly.Folder, "GoCross.Gzip", "GoCross.Gzip.GzipEncoder"),
        LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The encoder.</summary>
    /// <exception cref="GoCrossException">BridgeMissing, BridgeDamaged: the installation is not whole.</exception>
    internal static IGzipEncoder Encoder => LoadedEncoder.Value;
}
