using System.Text.RegularExpressions;
using GoCross.Processes;
using GoCross.Toolchains;

namespace GoCross.Tests.Toolchains;

public sealed partial class InstallHintTests
{
    private static readonly Distribution Bookworm = new(PackageSystem.Debian, "bookworm");

    [Theory]
    [InlineData("go", "apt-get install -t bookworm-backports golang-go")]
    [InlineData("upx", "apt-get install -t bookworm-backports upx-ucl")]
    [InlineData("git", "apt-get install git")]
    [InlineData("arm-linux-gnueabihf-gcc", "apt-get install gcc-arm-linux-gnueabihf libc6-dev-armhf-cross")]
    [InlineData("riscv64-linux-gnu-gcc", "apt-get install gcc-riscv64-linux-gnu libc6-dev-riscv64-cross")]
    [InlineData("qemu-riscv64-static", "apt-get install qemu-user-static")]
    public void Debian_s_commands_name_Debian_s_packages(string program, string command) =>
        Assert.Equal(command, InstallHint.For(program, Bookworm));

    [Theory]
    [InlineData(PackageSystem.Alpine, "qemu-riscv64", "apk add qemu-riscv64")]
    [InlineData(PackageSystem.Alpine, "go", "apk add go")]
    [InlineData(PackageSystem.Fedora, "upx", "dnf install upx")]
    [InlineData(PackageSystem.MacOS, "zig", "brew install zig")]
    [InlineData(PackageSystem.Windows, "zig", "winget install zig.zig")]
    public void Every_system_has_commands_of_its_own(PackageSystem system, string program, string command) =>
        Assert.Equal(command, InstallHint.For(program, new Distribution(system, null)));

    [Theory]
    [InlineData(PackageSystem.Alpine, "riscv64-linux-gnu-gcc", "zig")]
    [InlineData(PackageSystem.Fedora, "riscv64-linux-musl-gcc", "riscv64-linux-musl-cross of musl.cc")]
    [InlineData(PackageSystem.MacOS, "qemu-riscv64", "-Container")]
    [InlineData(PackageSystem.Unknown, "git", "https://")]
    public void Where_a_system_has_no_package_it_is_said_what_else_helps(PackageSystem system, string program, string said) =>
        Assert.Contains(said, InstallHint.For(program, new Distribution(system, null)), StringComparison.Ordinal);

    [Fact]
    public void A_program_that_nothing_uses_has_no_hint() => Assert.Null(InstallHint.For("emacs"));

    [DebianFact]
    public void Apt_knows_every_package_of_Debian_s_commands()
    {
        // Another architecture's packages, and the backports, are in the lists only where somebody added them.
        string[] packages =
        [
            .. ToolProbe.Names
                .Select(name => InstallHint.For(name, Bookworm)!)
                .Where(command => command.StartsWith("apt-get install ", StringComparison.Ordinal))
                .SelectMany(command => Option().Replace(command, "").Split(' ')[2..])
                .Where(package => package is not ("golang-go" or "upx-ucl" or "gcc-loongarch64-linux-gnu" or "libc6-dev-loong64-cross"))
                .Distinct(),
        ];

        ProcessResult shown = Programs.Run("apt-cache", ["--no-all-versions", "show", .. packages]);

        Assert.True(packages.Length > 20, string.Join(' ', packages));
        Assert.Equal("", shown.StandardError);
        Assert.Equal(0, shown.ExitCode);
    }

    [GeneratedRegex("-t [^ ]+ ")]
    private static partial Regex Option();
}
