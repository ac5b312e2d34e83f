using GoCross.Binaries;

namespace GoCross.Tests.Binaries;

public sealed class ItemAlignerTests
{
    /// <summary>Each item is NAME=VALUE; each pair is VALUE|VALUE, with - where there is none.</summary>
    [Theory]
    [InlineData("", "", "")]
    [InlineData("a=1 b=2", "b=3 c=4", "1|- 2|3 -|4")]
    [InlineData("a=1 a=2", "a=2 a=1", "1|1 2|2")]
    [InlineData("a=1 a=2", "a=2 a=3", "2|2 1|3")] // The one that is left on each side.
    [InlineData("a=1", "a=2 a=3", "1|- -|2 -|3")] // Which of the two it became, nobody knows.
    [InlineData("a=1 a=1 a=1", "a=1", "1|1 1|- 1|-")]
    [InlineData("", "a=1 a=1", "-|1 -|1")]
    public void Things_of_one_name_are_paired_by_what_they_are_then_by_what_is_left(
        string reference, string difference, string expected)
    {
        string actual = string.Join(' ', ItemAligner
            .Align(Parse(reference), Parse(difference))
            .Select(pair => $"{pair.Reference?.Value ?? "-"}|{pair.Difference?.Value ?? "-"}"));

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Facts_that_one_of_them_lacks_keep_their_place()
    {
        ComparedItem[] reference = [ComparedItem.Fact("a", null), ComparedItem.Fact("b", 1), ComparedItem.Fact("c", null)];
        ComparedItem[] difference = [ComparedItem.Fact("a", 2), ComparedItem.Fact("b", 3), ComparedItem.Fact("c", null)];

        Assert.Equal(["a", "b"], ItemAligner.Align(reference, difference).Select(pair => (pair.Reference ?? pair.Difference)!.Value.Name));
    }

    private static IEnumerable<ComparedItem> Parse(string items) => items
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(item => new ComparedItem(item[..1], item[2..]));
}
