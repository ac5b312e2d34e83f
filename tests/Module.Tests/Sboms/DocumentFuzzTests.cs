using GoCross.Files;
using GoCross.Fuzz;

namespace GoCross.Tests.Sboms;

/// <summary>Some thousand damaged documents of each kind; <c>./build.sh fuzz --documents 100000</c> tries as many as one likes.</summary>
public sealed class DocumentFuzzTests
{
    private const int Seed = 20261128;
    private const int Mutations = 2000;

    public static TheoryData<string> Kinds => [.. DocumentFuzz.Names.Where(name => name != DocumentFuzz.FunctionTable)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_damaged_document_is_a_result_or_a_named_error(string kind) => Run(kind);

    [ToolFact("go")]
    public void A_damaged_table_of_functions_is_a_result_or_a_named_error() => Run(DocumentFuzz.FunctionTable);

    private static void Run(string kind)
    {
        using var folder = new TemporaryDirectory();

        FuzzReport report = new DocumentFuzz(folder.Path, Tools.Find("go")).Run(kind, Mutations, Seed);

        Assert.Empty(report.Failures);
        Assert.Equal(Mutations, report.Files);
    }
}
