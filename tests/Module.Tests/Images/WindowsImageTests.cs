using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Gates;
using GoCross.Images;
using GoCross.Reports;
using GoCross.Roots;

namespace GoCross.Tests.Images;

/// <summary>
/// Windows images, judged by their own rules: a layer has drive C in Files and the registry in Hives (OCI image-spec, layer.md,
/// and Microsoft's hcsshim, internal/ociwclayer), accounts are not numbers, names differ by no case.
/// </summary>
public sealed class WindowsImageTests
{
    private static readonly byte[] Layer = new TarBytes()
        .Directory("Files").Directory("Files/Windows").Directory("Files/Windows/System32").File("Files/Windows/System32/cmd.exe", "MZ", mode: 0xDED)
        .Directory("Files/app").File("Files/app/Key.pem", "1").Directory("Hives").File("Hives/System_Base", "regf").End();

    [Theory]
    [InlineData("", false, "ContainerAdministrator")]
    [InlineData("ContainerAdministrator", false, "may do anything")]
    [InlineData("containeradministrator", false, "may do anything")]
    [InlineData(@"NT AUTHORITY\SYSTEM", false, "may do anything")]
    [InlineData("ContainerUser", true, "ContainerUser")]
    [InlineData(@"User Manager\ContainerUser", true, "ContainerUser")]
    [InlineData("LOCAL SERVICE", true, "LOCAL SERVICE")]
    [InlineData("app", false, "cannot be told")]
    [InlineData("0", false, "cannot be told")]
    public void Who_runs_it(string user, bool passes, string reason)
    {
        GateResult result = Test(new ImageGates { RequireNonRoot = true }, $$"""{"User":"{{user.Replace(@"\", @"\\", StringComparison.Ordinal)}}"}""");

        Assert.Equal(passes, result.Passed);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("root", result.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"C:\Windows\System32\cmd.exe")]
    [InlineData("/windows/system32/CMD.EXE")]
    [InlineData("/Files/Windows/System32/cmd.exe")]
    [InlineData("CMD.exe")]
    [InlineData(@"c:\windows\*.exe")]
    [InlineData(@"C:\Windows\")]
    public void Paths_are_those_of_drive_C_and_case_does_not_matter(string pattern)
    {
        GateResult result = Test(new ImageGates { ForbiddenPaths = [pattern] });

        Assert.False(result.Passed);
        Assert.Contains("/Files/Windows/System32/cmd.exe", result.Paths);
    }

    [Fact]
    public void What_is_not_there_is_not_found() =>
        Assert.True(Test(new ImageGates { ForbiddenPaths = [@"C:\app\key.der"] }).Passed);

    // NTFS finds a name in whatever case it is written; a removal is one of the name, and none makes a directory opaque.
    [Fact]
    public async Task The_case_of_a_name_does_not_matter()
    {
        byte[] lower = new TarBytes().Directory("Files").Directory("Files/Windows").File("Files/Windows/a.dll", "1").File("Files/Windows/b.dll", "22")
            .Directory("Files/App").File("Files/App/stays", "3").End();
        byte[] upper = new TarBytes().File("Files/windows/A.DLL", "444").File("Files/WINDOWS/.wh.B.dll", "").File("Files/app/.wh..wh..opq", "")
            .SymbolicLink("Files/link", @"C:\Windows").SymbolicLink("Files/App/up", @"..\windows").End();
        using var folder = new TemporaryDirectory();
        byte[] config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"windows","rootfs":{"type":"layers","diff_ids":["{{{TestImage.Sha256(lower)}}}","{{{TestImage.Sha256(upper)}}}"]}}""");
        ImageLocation location = TestImage.Save(folder.Path, TestImage.DockerArchive([lower, upper], config: config), "case.tar");

        ContainerImage image = TestImage.Read(location);
        using OpenImage open = await new ImageReader().OpenAsync(location, CancellationToken.None, CancellationToken.None);

        Assert.Equal(
            ["/Files/App/stays 1", "/Files/Windows/a.dll 3"],
            image.GetFiles().Where(file => file.Type == ImageFileType.File).Select(file => $"{file.Path} {file.Size}"));
        Assert.Equal((2, 1, 1), (image.Layers[1].FilesAdded, image.Layers[1].FilesChanged, image.Layers[1].FilesRemoved));
        foreach (string path in new[] { @"C:\link\A.dll", "/Files/app/up/a.dll", @"C:\WINDOWS\a.dll" })
        {
            GateResult result = Assert.Single(new ImageGates { ForbiddenPaths = [path] }.Test(open, CancellationToken.None));
            Assert.Equal((path, "/Files/Windows/a.dll"), (path, string.Join(' ', result.Paths)));
        }
    }

    [Fact]
    public void There_is_no_setuid() => Assert.True(Test(new ImageGates { ForbidSetuid = true }).Passed);

    [Fact]
    public void Whether_it_starts_cannot_be_told()
    {
        GateResult result = Test(new ImageGates { RequireStart = true }, """{"Cmd":["c:\\windows\\system32\\cmd.exe"]}""");

        Assert.Equal((false, "unknown"), (result.Passed, result.Actual));
        Assert.Contains("cannot be told", result.Reason, StringComparison.Ordinal);
        using var folder = new TemporaryDirectory();
        using OpenImage open = Open(folder, """{"Cmd":["c:\\windows\\system32\\cmd.exe"]}""");
        GoCrossException e = Assert.Throws<GoCrossException>(() => new ImageInspector(open).InspectEntryPoint());
        Assert.Equal("ImageForWindows", e.ErrorId);
    }

    private static GateResult Test(ImageGates gates, string run = "{}")
    {
        using var folder = new TemporaryDirectory();
        using OpenImage open = Open(folder, run);
        return Assert.Single(gates.Test(open, CancellationToken.None));
    }

    private static OpenImage Open(TemporaryDirectory folder, string run)
    {
        byte[] config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"windows","os.version":"10.0.20348.2700","config":{{{run}}},"rootfs":{"type":"layers","diff_ids":["{{{TestImage.Sha256(Layer)}}}"]}}""");
        ImageLocation location = TestImage.Save(folder.Path, TestImage.DockerArchive([Layer], config: config));
        return new ImageReader().OpenAsync(location, CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();
    }
}
