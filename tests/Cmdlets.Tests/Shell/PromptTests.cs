using System.Collections.ObjectModel;
using System.Management.Automation;
using GoCross.Shell;
using GoCross.Shell.Prompt;

namespace GoCross.Cmdlets.Tests.Shell;

/// <summary>The parts of the prompt that need no terminal.</summary>
public sealed class PromptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gocross-prompt-").FullName;

    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("-Name", "-Name")]
    [InlineData("-Name:", "-Name:")]
    [InlineData("-Name:a b", "-Name:'a b'")]
    [InlineData("-Flag:$false", "-Flag:$False")]
    [InlineData("-Flag:true", "-Flag:$True")]
    [InlineData("-1", "'-1'")]
    [InlineData("-", "'-'")]
    [InlineData("-a;exit", "'-a;exit'")]
    [InlineData("$(exit)", "'$(exit)'")]
    public void An_argument_is_a_name_or_a_text_and_never_code(string argument, string expected) =>
        Assert.Equal(expected, ScriptArgument.Quote(argument));

    [Fact]
    public void A_line_is_edited()
    {
        var line = new LineBuffer();
        line.Insert("Get-Thing -Name x");
        line.DeleteWordBefore();
        line.MoveWordLeft();
        line.DeleteToEnd();
        Assert.Equal(("Get-Thing -", 11), (line.Text, line.Cursor));

        line.MoveToStart();
        line.MoveWordRight();
        line.Insert("!");
        line.DeleteToStart();
        Assert.Equal(("-Thing -", 0), (line.Text, line.Cursor));
    }

    [Fact]
    public void A_character_of_two_code_units_is_one_to_the_user()
    {
        var line = new LineBuffer();
        line.Insert("a\U0001F600b");
        line.MoveLeft();
        line.MoveLeft();
        Assert.Equal(1, line.Cursor);

        line.DeleteAfter();
        Assert.Equal("ab", line.Text);
    }

    [Fact]
    public void The_history_is_walked_and_gives_the_draft_back()
    {
        var history = new LineHistory();
        history.Add("one");
        history.Add("two");
        history.Add("two");

        Assert.Equal("two", history.Older("draft"));
        Assert.Equal("one", history.Older("two"));
        Assert.Null(history.Older("one"));
        Assert.Equal("two", history.Newer());
        Assert.Equal("draft", history.Newer());
        Assert.Null(history.Newer());
    }

    [Fact]
    public void Completions_go_round()
    {
        var line = new LineBuffer();
        line.Set("x Fo y", 4);
        CompletionCycle cycle = CompletionCycle.Start(line, (_, _) => new CommandCompletion(
            new Collection<CompletionResult>([new("Foo"), new("Fool")]), -1, 2, 2))!;

        cycle.Step(line, back: false);
        Assert.Equal(("x Foo y", 5), (line.Text, line.Cursor));
        cycle.Step(line, back: false);
        Assert.Equal("x Fool y", line.Text);
        cycle.Step(line, back: false);
        Assert.Equal("x Foo y", line.Text);
        cycle.Step(line, back: true);
        Assert.Equal("x Fool y", line.Text);
    }

    [Fact]
    public void Paths_are_completed_with_quotes_where_they_need_them()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub folder"));
        File.WriteAllText(Path.Combine(_folder, "some.txt"), string.Empty);
        File.WriteAllText(Path.Combine(_folder, ".secret"), string.Empty);

        CommandCompletion completion = PathCompletion.Complete("cat s", 5, _folder)!;

        Assert.Equal((4, 1), (completion.ReplacementIndex, completion.ReplacementLength));
        Assert.Equal(
            ["some.txt", $"'sub folder{Path.DirectorySeparatorChar}'"],
            completion.CompletionMatches.Select(match => match.CompletionText));
        Assert.Null(PathCompletion.Complete("cat none/", 9, _folder));
        Assert.Equal(".secret", Assert.Single(PathCompletion.Complete("cat .s", 6, _folder)!.CompletionMatches).CompletionText);
    }

    [Fact]
    public void A_line_that_wraps_is_drawn_from_its_first_row()
    {
        var keys = new Queue<ConsoleKeyInfo>(
            [.. "abcdefgh".Select(c => new ConsoleKeyInfo(c, default, false, false, false)), Key(ConsoleKey.Enter)]);
        using var screen = new StringWriter();
        var editor = new LineEditor(keys.Dequeue, screen, () => 10, (_, _) => throw new NotSupportedException());

        LineEnd end = editor.Read("> ", out string line);

        Assert.Equal((LineEnd.Entered, "abcdefgh"), (end, line));

        // Ten columns are full: the cursor is on the next row, and the last drawing starts one row up.
        Assert.EndsWith("\e[1A\r\e[J> abcdefgh \r\r\r\n", screen.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ConsoleKeyInfo Key(ConsoleKey key) => new('\0', key, false, false, false);
}
