namespace GoCross.Bench;

/// <summary>Builds with an empty cache, as in CI. It takes minutes, so that it runs only when it is named.</summary>
public sealed class ColdBuildBenchmark() : BuildBenchmark(cold: true);
