using GoCross.Files;
using GoCross.Gates;
using GoCross.Images;
using GoCross.Reports;

namespace GoCross.Tests.Images;

/// <summary>Gates on images written by hand: the limit itself passes, the next number does not.</summary>
public sealed class ImageGatesTests
{
    // Layer 0: 1000 + 200; layer 1: replaces the 200 by 100. 1300 bytes in all, 1100 visible, 200 reclaimable. dive: a 200, 100:
    // sum 300, least 100; b 1000. Score 1100/1300, wasted 300, user 100: ratio 3.
    private static readonly byte[] Wasteful = TestImage.DockerArchive(
        [new TarBytes().File("a", new byte[200]).File("b", new byte[1000]).End(), new TarBytes().File("a", new byte[100]).End()]);

    [Fact]
    public void Every_limit_itself_passes()
    {
        GateResult[] results = Test(Wasteful, new ImageGates
        {
            LowestEfficiency = 1100.0 / 1300,
            HighestWastedBytes = 300,
            HighestUserWastedPercent = 3,
            MinimumEfficiency = 1100.0 / 1300,
            MaximumReclaimableBytes = 200,
            MaximumReclaimablePercent = 100.0 * 200 / 1300,
            MaximumSize = 1300,
            MaximumLayerCount = 2,
        });

        Assert.Equal(Enum.GetValues<GateRule>()[..7].Append(GateRule.MaximumLayerCount), results.Select(result => result.Rule));
        Assert.All(results, result => Assert.True(result.Passed, result.Reason));
        Assert.All(results, result => Assert.Empty(result.Paths));
        Assert.All(results, result => Assert.Equal(result.Limit, result.Actual));
    }

    [Fact]
    public void What_is_beyond_its_limit_fails_and_names_the_paths()
    {
        GateResult[] results = Test(Wasteful, new ImageGates
        {
            LowestEfficiency = 0.847, // 1100/1300 is 0.84615...
            HighestWastedBytes = 299,
            HighestUserWastedPercent = 2.99,
            MinimumEfficiency = 0.847,
            MaximumReclaimableBytes = 199,
            MaximumReclaimablePercent = 15.38, // 200/1300 is 15.3846... %
            MaximumSize = 1299,
            MaximumLayerCount = 1,
        });

        Assert.Equal(8, results.Length);
        Assert.All(results, result => Assert.False(result.Passed, result.Reason));
        Assert.All(results.Take(6), result => Assert.Equal(["/a"], result.Paths));
        Assert.Equal("A rebuild would save 200 bytes, more than 199.", results[4].Reason);
        Assert.Equal((1299L, 1300L, GateUnit.Bytes), (results[6].Limit, results[6].Actual, results[6].Unit));
    }

    [Fact]
    public void What_is_not_asked_is_not_looked_at()
    {
        Assert.Empty(Test(Wasteful, new ImageGates()));
        Assert.True(new ImageGates { AllowedSetuid = ["/x"], ForbidInLayers = true }.IsEmpty);
        Assert.False(new ImageGates { MaximumGrowth = 0 }.IsEmpty);
        Assert.False(new ImageGates { ForbiddenPaths = ["x"] }.IsEmpty);
        Assert.False(new ImageGates { MinimumEfficiency = 0 }.IsEmpty);
    }

    [Fact]
    public void One_layer_has_no_user_bytes_and_passes_as_with_dive()
    {
        byte[] image = TestImage.DockerArchive([new TarBytes().File("a", new byte[5]).End()]);

        // 0/0 is not a number, and not a number is not more than anything.
        GateResult result = Assert.Single(Test(image, new ImageGates { HighestUserWastedPercent = 0 }));
        Assert.True(result.Passed);
        Assert.Null(result.Actual);
        Assert.DoesNotContain("NaN", result.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 110, 10L, 10.0, true)]
    [InlineData(100, 111, 10L, 10.0, false)]
    [InlineData(100, 50, -50L, -50.0, true)]
    [InlineData(100, 51, -50L, -50.0, false)]
    [InlineData(0, 0, 0L, 0.0, true)]
    [InlineData(0, 1, 0L, 1e9, false)]
    public void Growth_is_measured_against_the_reference(int before, int after, long bytes, double percent, bool passes)
    {
        byte[] Sized(int size) => TestImage.DockerArchive([new TarBytes().File("a", new byte[size]).End()]);

        GateResult[] results = Test(
            Sized(after),
            new ImageGates { Reference = TestImage.Read(Sized(before)), MaximumGrowth = bytes, MaximumGrowthPercent = percent });

        Assert.Equal([GateRule.MaximumGrowth, GateRule.MaximumGrowthPercent], results.Select(result => result.Rule));
        Assert.All(results, result => Assert.Equal(passes, result.Passed));
        Assert.Equal((long)after - before, results[0].Actual);
    }

    [Theory]
    [InlineData("id_rsa", "/home/app/.ssh/id_rsa /srv/id_rsa")]
    [InlineData("*.pem", "/etc/ssl/key.pem")]
    [InlineData("?d_rsa", "/home/app/.ssh/id_rsa /srv/id_rsa")]
    [InlineData("/home/app/.ssh", "/home/app/.ssh")]
    [InlineData("/home/app/.ssh/", "/home/app/.ssh/id_rsa")]
    [InlineData("home/app/.ssh/*", "/home/app/.ssh/id_rsa")]
    [InlineData(".ssh/", "/home/app/.ssh/id_rsa")]
    [InlineData("/*rsa", "/home/app/.ssh/id_rsa /srv/id_rsa")]
    [InlineData("*/ssl/*", "/etc/ssl/key.pem")]
    [InlineData("ID_RSA", "")]
    [InlineData("rsa", "")]
    [InlineData("/srv/id_rsa/*", "")]
    public void Forbidden_paths_are_found_by_name_and_by_path(string pattern, string found)
    {
        byte[] image = TestImage.DockerArchive(
            [new TarBytes().File("home/app/.ssh/id_rsa", "k").File("etc/ssl/key.pem", "k").File("srv/id_rsa", "k").End()]);

        GateResult result = Assert.Single(Test(image, new ImageGates { ForbiddenPaths = [pattern] }));

        Assert.Equal(found, string.Join(' ', result.Paths));
        Assert.Equal((found.Length == 0, result.Paths.Count, pattern), (result.Passed, result.Actual, result.Limit));
    }

    [Fact]
    public void What_a_layer_above_removes_is_mentioned_and_forbidden_in_all_layers()
    {
        byte[] image = TestImage.DockerArchive(
        [
            new TarBytes().File("home/app/.ssh/id_rsa", "k").File("kept/id_rsa", "k").End(),
            new TarBytes().File("home/app/.wh..ssh", "").File(".wh.none", "").End(),
        ]);

        GateResult seen = Assert.Single(Test(image, new ImageGates { ForbiddenPaths = ["/home/app/.ssh/*"] }));
        GateResult[] all = Test(image, new ImageGates { ForbiddenPaths = ["id_rsa", ".ssh", "none", ".wh.*"], ForbidInLayers = true });

        Assert.True(seen.Passed);
        Assert.Contains("/home/app/.ssh/id_rsa (in layer 0, removed above)", seen.Reason, StringComparison.Ordinal);
        Assert.Equal(["/kept/id_rsa", "/home/app/.ssh/id_rsa (in layer 0, removed above)"], all[0].Paths);
        Assert.Equal(["/home/app/.ssh (in layer 0, removed above)"], all[1].Paths);
        Assert.Equal([false, false, true, true], all.Select(result => result.Passed));
    }

    [Fact]
    public void Setuid_files_are_found_hard_links_included_and_directories_not()
    {
        byte[] image = TestImage.DockerArchive(
        [
            new TarBytes().File("bin/su", "x", mode: 0x9ED).HardLink("bin/su2", "bin/su").File("bin/wall", "x", mode: 0x5ED)
                .File("bin/gone", "x", mode: 0x9ED).File("bin/tamed", "x", mode: 0x9ED).File("bin/plain", "x", mode: 0x1ED)
                .Directory("var/local", mode: 0x5FD).File("tmp/sticky", "x", mode: 0x3ED).End(),
            new TarBytes().File("bin/.wh.gone", "").File("bin/tamed", "x", mode: 0x1ED).End(),
        ]);

        GateResult all = Assert.Single(Test(image, new ImageGates { ForbidSetuid = true }));
        GateResult some = Assert.Single(Test(image, new ImageGates { ForbidSetuid = true, AllowedSetuid = ["/bin/su*"] }));
        GateResult none = Assert.Single(Test(image, new ImageGates { ForbidSetuid = true, AllowedSetuid = ["su", "su2", "/bin/wall"] }));

        Assert.Equal(["/bin/su", "/bin/su2", "/bin/wall"], all.Paths);
        Assert.Equal((false, 3), (all.Passed, all.Actual));
        Assert.Equal(["/bin/wall"], some.Paths);
        Assert.True(none.Passed);
    }

    [Theory]
    [InlineData("""{}""", false)]
    [InlineData("""{"User":""}""", false)]
    [InlineData("""{"User":"root"}""", false)]
    [InlineData("""{"User":"0"}""", false)]
    [InlineData("""{"User":"00:65532"}""", false)]
    [InlineData("""{"User":"root:app"}""", false)]
    [InlineData("""{"User":":app"}""", false)]
    [InlineData("""{"User":"65532"}""", true)]
    [InlineData("""{"User":"65532:0"}""", true)]
    public void Root_is_found_whatever_it_is_called(string config, bool passes)
    {
        byte[] image = TestImage.DockerArchive([new TarBytes().File("a", "1").End()], config);

        Assert.Equal(passes, Assert.Single(Test(image, new ImageGates { RequireNonRoot = true })).Passed);
    }

    [Theory]
    [InlineData("app", true, "The container runs as app.")]
    [InlineData("app:0", true, "The container runs as app:0.")]
    [InlineData("toor", false, "/etc/passwd: that is root")]
    [InlineData("nobody", false, "does not have")]
    [InlineData("root", false, "The container runs as root.")]
    public void A_name_is_looked_up_in_the_image(string user, bool passes, string reason)
    {
        byte[] image = TestImage.DockerArchive(
            [
                new TarBytes().File("etc/passwd", "nobody:x:65534:65534::/:/bin/false\n").End(),
                new TarBytes().SymbolicLink("etc/passwd", "../usr/passwd")
                    .File("usr/passwd", "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nodd\napp:x:1000:1000::/:/bin/sh").End(),
            ],
            $$"""{"User":"{{user}}"}""");

        GateResult result = Assert.Single(Test(image, new ImageGates { RequireNonRoot = true }));

        Assert.Equal(passes, result.Passed);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_without_a_user_database_is_nobody()
    {
        byte[] image = TestImage.DockerArchive([new TarBytes().File("etc/passwd", "").End()], """{"User":"app"}""");

        Assert.False(Assert.Single(Test(image, new ImageGates { RequireNonRoot = true })).Passed);
    }

    private static GateResult[] Test(byte[] image, ImageGates gates)
    {
        using var folder = new TemporaryDirectory();
        using OpenImage open = new ImageReader()
            .OpenAsync(TestImage.Save(folder.Path, image), null, CancellationToken.None).GetAwaiter().GetResult();
        return [.. gates.Test(open, CancellationToken.None)];
    }
}
