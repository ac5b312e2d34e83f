using GoCross.Builds;
using GoCross.Targets;

namespace GoCross.Runs;

/// <summary>Which tests are run, and for what they are built.</summary>
/// <param name="Package">The packages.</param>
/// <param name="Target">The target.</param>
/// <param name="Strategy">How the tests' programs are linked.</param>
/// <param name="Jobs">How many packages at once (-p); null for go's own choice.</param>
public sealed record GoTestOptions(PackageReference Package, BuildTarget Target, BuildStrategy Strategy, int? Jobs);
