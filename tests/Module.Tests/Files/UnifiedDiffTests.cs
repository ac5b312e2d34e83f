using GoCross.Files;
using GoCross.Formatting;

namespace GoCross.Tests.Files;

/// <summary>Differences of texts: git has to be able to apply them.</summary>
public sealed class UnifiedDiffTests
{
    [Fact]
    public void The_same_text_has_no_difference() => Assert.Equal("", UnifiedDiff.Of("a/x", "b/x", "1\n2\n", "1\n2\n"));

    [ToolFact("git")]
    public void Git_makes_the_new_text_of_the_old_one_by_it()
    {
        var random = new Random(42);
        using var folder = new TemporaryDirectory();
        string file = Path.Combine(folder.Path, "x");
        string patch = Path.Combine(folder.Path, "patch");
        for (int i = 0; i < 60; i++)
        {
            string before = Text(), after = i % 3 == 0 ? Text() : Changed(before);
            if (UnifiedDiff.Of("a/x", "b/x", before, after) is not { Length: > 0 } difference || before.Length == 0 || after.Length == 0)
            {
                continue;
            }

            File.WriteAllText(file, before);
            File.WriteAllText(patch, difference + "\n");
            Programs.Output("git", ["apply", "--unsafe-paths", "--whitespace=nowarn", patch], folder.Path);
            Assert.Equal(after, File.ReadAllText(file));
        }

        string Text() => string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => $"line {random.Next(8)}\n"))[..^random.Next(2)];

        string Changed(string text)
        {
            List<string> lines = [.. text.Split('\n')];
            for (int k = random.Next(1, 4); k > 0; k--)
            {
                lines.Insert(random.Next(lines.Count), $"new {random.Next(100)}");
                lines.RemoveAt(random.Next(lines.Count));
            }

            return string.Join('\n', lines);
        }
    }

    [Fact]
    public void Texts_that_are_too_long_have_none() =>
        Assert.Null(UnifiedDiff.Of("a", "b", new string('\n', UnifiedDiff.MaxLines + 1), "x\n"));
}
