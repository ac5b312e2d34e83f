using System.Globalization;

namespace GoCross.Bench;

/// <summary>What importing GoCross costs over importing a module with nothing in it, each in a fresh process.</summary>
public sealed class ModuleImportBenchmark : IBenchmark
{
    private const int Processes = 20;

    /// <summary>What an import may cost over that of an empty module.</summary>
    private const double BudgetMilliseconds = 25;

    /// <summary>What no machine's bad day explains, in times of what the empty module takes on that day.</summary>
    private const double LimitOfEmpty = 2;

    public string Name => "import";

    public string Description => "Import-Module GoCross against Import-Module of an empty module, in fresh processes of pwsh";

    public void Run(Report report)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gocross-bench-");
        try
        {
            string empty = Path.Combine(folder.FullName, "Empty.psd1");
            File.WriteAllText(
                empty,
                """
                @{
                    ModuleVersion     = '1.0.0'
                    CmdletsToExport   = @()
                    FunctionsToExport = @()
                    VariablesToExport = @()
                    AliasesToExport   = @()
                }
                """);

            // One of each before it counts, for the files to be in the machine's memory.
            Import(Checkout.Manifest);
            Import(empty);

            var module = new Samples();
            var nothing = new Samples();
            for (int i = 0; i < Processes; i++)
            {
                module.Add(Import(Checkout.Manifest));
                nothing.Add(Import(empty));
            }

            Write(report, "GoCross", module);
            Write(report, "empty module", nothing);
            report.Measure("import over an empty module", module.Median - nothing.Median, "ms", BudgetMilliseconds, LimitOfEmpty * nothing.Median);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Measured inside the process: how long .NET and PowerShell take to start is none of the module's doing.
    private static double Import(string manifest)
    {
        const string Script = "$clock = [System.Diagnostics.Stopwatch]::StartNew(); "
            + "Import-Module -Name '{0}' -ErrorAction Stop; $clock.Elapsed.TotalMilliseconds.ToString('R', [cultureinfo]::InvariantCulture)";
        string command = string.Format(
            CultureInfo.InvariantCulture, Script, manifest.Replace("'", "''", StringComparison.Ordinal));
        return double.Parse(Peer.PowerShell(command, import: false), CultureInfo.InvariantCulture);
    }

    private static void Write(Report report, string what, Samples samples) => report.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {what,-12}  {samples.Median,7:0.0} ms, median of {Processes} fresh processes ({samples.Shortest:0.0} to {samples.Longest:0.0})"));
}
