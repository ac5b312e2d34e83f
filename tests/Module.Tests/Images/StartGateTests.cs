using GoCross.Files;
using GoCross.Gates;
using GoCross.Images;
using GoCross.Reports;
using GoCross.Tests.Elf;

namespace GoCross.Tests.Images;

/// <summary>The gate of the program that an image starts. Whether such a program starts is a test of the inspector's.</summary>
public sealed class StartGateTests(BuiltPrograms programs) : IClassFixture<BuiltPrograms>
{
    [ToolFact("gcc")]
    public void A_static_program_passes_and_one_without_its_loader_fails()
    {
        byte[] alone = File.ReadAllBytes(programs.C("gcc", "hello.c", "-static"));
        byte[] needy = File.ReadAllBytes(programs.C("gcc", "hello.c"));

        GateResult passed = Test(new TarBytes().File("app", alone, mode: 0x1ED), """{"Entrypoint":["/app"]}""");
        GateResult failed = Test(new TarBytes().File("app", needy, mode: 0x1ED), """{"Entrypoint":["/app"]}""");

        Assert.Equal((true, "starts"), (passed.Passed, passed.Actual));
        Assert.Equal((false, "does not"), (failed.Passed, failed.Actual));
        Assert.Contains("ld-linux", failed.Paths[0], StringComparison.Ordinal);
        Assert.NotEqual(string.Empty, failed.Reason);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"Entrypoint":["/none"]}""")]
    [InlineData("""{"Cmd":["/text"]}""")]
    [InlineData("""{"Cmd":["/script"]}""")]
    public void What_cannot_start_fails_and_says_why(string config)
    {
        GateResult result = Test(new TarBytes().File("text", "no program", mode: 0x1ED).File("script", "#!/bin/sh\n", mode: 0x1ED), config);

        Assert.False(result.Passed);
        Assert.NotEqual(string.Empty, result.Reason);
    }

    private static GateResult Test(TarBytes files, string config)
    {
        using var folder = new TemporaryDirectory();
        ImageLocation location = TestImage.Save(folder.Path, TestImage.DockerArchive([files.End()], config));
        using OpenImage open = new ImageReader().OpenAsync(location, null, CancellationToken.None).GetAwaiter().GetResult();
        return Assert.Single(new ImageGates { RequireStart = true }.Test(open, CancellationToken.None));
    }
}
