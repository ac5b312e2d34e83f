namespace GoCross.Cmdlets.Tests.Bridge;

/// <summary>
/// The load context of third-party libraries, in fresh processes: an assembly is never unloaded. That a real engine answers
/// through it is a test of the engine's images.
/// </summary>
public sealed class BridgeTests : IDisposable
{
    private const string Compare = "Compare-ImageLayer docker-daemon:a docker-daemon:b -ErrorAction SilentlyContinue -ErrorVariable failure";
    private const string ErrorId = "$failure[0].FullyQualifiedErrorId";

    private static readonly Dictionary<string, string?> NoEngine = new() { ["DOCKER_HOST"] = "unix:///no/such/docker.sock" };

    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("gocross-bridge-");

    public void Dispose() => _copy.Delete(recursive: true);

    [Fact]
    public void Docker_DotNet_is_loaded_into_a_context_of_its_own_and_the_engine_stays_where_it_is()
    {
        PowerShellResult result = PowerShellProcess.Run(
            $$"""
            try { {{Compare}} } catch { $failure = @($_) }
            {{ErrorId}}
            foreach ($assembly in [AppDomain]::CurrentDomain.GetAssemblies()) {
                $name = $assembly.GetName().Name
                if ($name -in 'Docker.DotNet', 'GoCross.Isolated', 'GoCross.Module', 'GoCross.Cmdlets') {
                    "$name in $([Runtime.Loader.AssemblyLoadContext]::GetLoadContext($assembly).Name)"
                }
            }
            """,
            environment: NoEngine);

        string[] lines = result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("EngineUnreachable,GoCross.Cmdlets.Commands.CompareImageLayerCommand", lines[0]);
        Assert.Equal(
            ["Docker.DotNet in GoCross.Isolated", "GoCross.Cmdlets in Default", "GoCross.Isolated in GoCross.Isolated", "GoCross.Module in Default"],
            lines.Skip(1).Order(StringComparer.Ordinal));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Without_its_folder_it_is_an_error_and_no_dead_process()
    {
        string manifest = CopyModule();
        Directory.Delete(Path.Combine(_copy.FullName, "bin", "lib"), recursive: true);

        AssertFails("BridgeMissing", manifest);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData("GoCross.Isolated.dll")]
    [InlineData("Docker.DotNet.dll")]
    [InlineData("Newtonsoft.Json.dll")]
    [InlineData("YamlDotNet.dll")]
    [InlineData("ICSharpCode.SharpZipLib.dll")]
    public void With_a_damaged_file_it_is_an_error_and_no_dead_process(string file)
    {
        string manifest = CopyModule();
        File.WriteAllText(Path.Combine(_copy.FullName, "bin", "lib", file), "no assembly");

        AssertFails("BridgeDamaged", manifest);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData("GoCross.Isolated.dll", "BridgeMissing")]
    [InlineData("Docker.DotNet.dll", "BridgeDamaged")]
    public void Without_one_of_its_files_it_is_an_error_and_no_dead_process(string file, string errorId)
    {
        string manifest = CopyModule();
        File.Delete(Path.Combine(_copy.FullName, "bin", "lib", file));

        AssertFails(errorId, manifest);
    }

    private static void AssertFails(string errorId, string manifest)
    {
        PowerShellResult result = PowerShellProcess.Run(
            $$"""
            Import-Module '{{manifest}}'
            try { {{Compare}} } catch { $failure = @($_) }
            {{ErrorId}}
            $failure[0].ErrorDetails.RecommendedAction
            """,
            environment: NoEngine,
            import: false);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith($"{errorId},GoCross.Cmdlets.Commands.CompareImageLayerCommand\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("Install the module again", result.Output, StringComparison.Ordinal);
    }

    private string CopyModule()
    {
        foreach (string folder in (string[])["bin", "en-US"])
        {
            string source = Path.Combine(Checkout.Root, folder);
            foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                string target = Path.Combine(_copy.FullName, folder, Path.GetRelativePath(source, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        string manifest = Path.Combine(_copy.FullName, "GoCross.psd1");
        File.Copy(Checkout.Manifest, manifest);
        return manifest;
    }
}
