using GoCross.Toolchains;

namespace GoCross.Tests.Toolchains;

public sealed class DistributionTests
{
    // From the os-release files of these systems.
    [Theory]
    [InlineData("ID=debian\nVERSION_CODENAME=bookworm\n", PackageSystem.Debian, "bookworm")]
    [InlineData("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n", PackageSystem.Debian, "noble")]
    [InlineData("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", PackageSystem.Debian, null)]
    [InlineData("NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.20.0\n", PackageSystem.Alpine, null)]
    [InlineData("ID=fedora\nVERSION_CODENAME=\"\"\n", PackageSystem.Fedora, "")]
    [InlineData("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", PackageSystem.Fedora, null)]
    [InlineData("ID=arch\n", PackageSystem.Unknown, null)]
    [InlineData("", PackageSystem.Unknown, null)]
    [InlineData("=\n\"\n", PackageSystem.Unknown, null)]
    public void A_system_is_told_by_its_ID_and_by_what_it_is_like(string text, PackageSystem system, string? codename) =>
        Assert.Equal(new Distribution(system, codename), Distribution.Parse(text));
}
