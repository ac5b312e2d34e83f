namespace GoCross.Bench;

/// <summary>Builds with a filled cache, as between two edits.</summary>
public sealed class WarmBuildBenchmark() : BuildBenchmark(cold: false);
