using System.Text.RegularExpressions;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Images;

/// <summary>What one sees of images: nothing that one needs is cut, a terminal obeys nobody.</summary>
public sealed partial class ImageViewTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void Rows_fit_and_show_the_default_user_own_paths_and_the_end_of_long_names(int columns)
    {
        using var host = new ModuleHost(width: columns);
        ImageFile.Write(
            System.IO.Path.Combine(host.Location, "a.tar"),
            """{"User":"65532:65532","Entrypoint":["/app"]}""",
            [("usr/lib/a-rather-long-name/of-a-directory/that-goes-on-and-on-and-on/for-longer-than-any-screen/libsomething.so.1.2.3", [1])],
            [("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/deep.txt", [1])]);

        Shows("Get-ImageLayer a.tar", "COPY step 0");
        Shows("Get-ImageLayer a.tar -File", "libsomething.so.1.2.3", "deep.txt");
        Shows("Get-ImageLayer a.tar -Tree", "so.1.2.3", "deep.txt");
        Shows("Get-ImageLayer a.tar -Summary", "65532:65532");
        Shows("Test-ImageLayer a.tar -NonRoot", "65532:65532");

        void Shows(string script, params string[] expected)
        {
            string text = host.Render(script);
            Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd().Length < columns, line));
            Assert.All(expected, part => Assert.Contains(part, text, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("/usr/bin/sh", "dash", "", 30, "/usr/bin/sh -> dash")]
    [InlineData("/usr/bin/perl5.36.0", "", "/usr/bin/perl", 30, "/usr/bin/perl5.36.0 = …in/perl")]
    [InlineData("/usr/bin/perl5.36.0", "", "/usr/bin/perl", 24, "/usr/bin/perl5.36.0")]
    [InlineData("/usr/bin/perl5.36.0", "", "/usr/bin/perl", 10, "…erl5.36.0")]
    [InlineData("/a\u001b[2K", "b\u0007", null, 40, @"/a\x1b[2K -> b\x07")]
    public void A_link_shows_its_own_path(string path, string? target, string? hardLink, int width, string shown)
    {
        using var host = new ModuleHost();

        Assert.Equal(shown, host.Invoke("[GoCross.Cmdlets.Views.View]::Link($args[0], $args[1], $args[2], $args[3])", [path, target, hardLink, width]).Single().BaseObject);
    }

    [Fact]
    public void What_a_terminal_would_obey_is_in_no_view_and_in_the_objects()
    {
        const string Evil = "\u001b[2K\u001b[1Gx\u001b]0;t\u0007";
        using var host = new ModuleHost();
        ImageFile.Write(
            System.IO.Path.Combine(host.Location, "a.tar"),
            """{"User":"\u001b[2Knobody","Entrypoint":["/\u001b[1Ga"],"Env":["A=\u001b[2K"],"Labels":{"l\u001b[2K":"\u0007"},"WorkingDir":"/\u001b[2K","OnBuild":["RUN \u001b[2K"]}""",
            [("etc/" + Evil, [1, 2]), ("etc/b", [3])],
            [("etc/" + Evil, [3]), ("etc/c" + Evil, [3])]);
        ImageFile.Write(System.IO.Path.Combine(host.Location, "b.tar"), "{}", [("etc/b", [3])]);

        string text = host.Render(
            """
            $PSStyle.OutputRendering = 'Ansi'
            foreach ($view in 'Format-Table', 'Format-List') {
                Get-ImageLayer a.tar | & $view
                Get-ImageLayer a.tar -File | & $view
                Get-ImageLayer a.tar -File -Layer 0, 1 | & $view
                Get-ImageLayer a.tar -Tree | & $view
                Get-ImageLayer a.tar -Summary | & $view
                (Get-ImageLayer a.tar -Summary).WastedPaths | & $view
                (Get-ImageLayer a.tar -Summary).Duplicates | & $view
                Compare-ImageLayer b.tar a.tar | & $view
                Compare-ImageLayer b.tar a.tar -Layer | & $view
                Compare-ImageLayer b.tar a.tar -File | & $view
                (Compare-ImageLayer b.tar a.tar).Configuration | & $view
                Test-ImageLayer a.tar -NonRoot -CanStart -ForbiddenPath '*x*' | & $view
            }
            Get-ImageLayer a.tar -Summary
            Compare-ImageLayer b.tar a.tar
            Get-ImageLayer "docker-archive:a.tar:$([char]27)[2K"
            """,
            keepColours: true);

        Assert.DoesNotMatch(Foreign(), text);
        Assert.Contains(@"\x1b[2K\x1b[1Gx", text, StringComparison.Ordinal);
        Assert.Contains("/etc/" + Evil, host.Invoke("(Get-ImageLayer a.tar -File).Path").Output.Select(path => path.ToString()));
    }

    [GeneratedRegex(@"\x1b\[2K|\x1b\[1G|\x1b\]0;|\x07")]
    private static partial Regex Foreign();
}
