using GoCross.Builds;

namespace GoCross.Tests.Builds;

/// <summary>Commands that are told to be pasted.</summary>
public sealed class ShellTextTests
{
    private static readonly KeyValuePair<string, string>[] Variables =
    [
        new("GOFLAGS", "-tags=it's \"so\" $HOME"), new("GOOS", "linux"), new("EMPTY", string.Empty),
    ];

    [Fact]
    public void On_Windows_variables_are_set_as_PowerShell_sets_them()
    {
        string command = ShellText.CommandForWindows(
            Variables, [@"C:\Program Files\Go\bin\go.exe", "build", "-C", @"D:\src\api", "-ldflags", "-X 'main.v=1'", "--", "."]);
        Assert.Equal(
            @"$env:GOFLAGS = '-tags=it''s ""so"" $HOME'; $env:GOOS = 'linux'; $env:EMPTY = ''; "
                + @"& 'C:\Program Files\Go\bin\go.exe' build -C D:\src\api -ldflags '-X ''main.v=1''' -- .",
            command);
        Assert.Equal("go build", ShellText.CommandForWindows([], ["go", "build"]));
    }

    [ToolFact("env")]
    [Trait("Speed", "Slow")]
    public void What_is_told_on_Windows_gives_a_program_its_variables_and_its_words()
    {
        string[] words = ["a b", "it's", "\"q\"", "$x", "`y", "a;b", "-a.b", "a,b", @"c:\d e", "(z)", "@s", "%p", "-X 'm=1'"];
        KeyValuePair<string, string>[] set = [.. Variables.Where(pair => pair.Value.Length > 0)];

        // printenv and printf, of which the second is given the words.
        string variables = ShellText.CommandForWindows(set, ["printenv", .. set.Select(pair => pair.Key)]);
        string printed = ShellText.CommandForWindows([], ["env", "printf", @"%s\n", .. words]);
        PowerShellResult told = PowerShellProcess.Run($"{variables}; {printed}", import: false);
        Assert.Equal(set.Select(pair => pair.Value).Concat(words), told.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
