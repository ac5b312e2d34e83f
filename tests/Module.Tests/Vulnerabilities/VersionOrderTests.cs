using GoCross.Names;
using GoCross.Vulnerabilities;

namespace GoCross.Tests.Vulnerabilities;

/// <summary>The orders of versions: Go's by its documents, Debian's by dpkg, Alpine's by its own tests' kinds.</summary>
public sealed class VersionOrderTests
{
    // golang.org/ref/mod "Versions", go.dev/doc/toolchain: each before the next.
    private static readonly string[] Modules =
    [
        "v0.0.0-20190101000000-abcdefabcdef", "v0.0.0-20220101000000-abcdefabcdef", "v0.0.1-0.20220101000000-abcdefabcdef", "v0.0.1", "v0.1.0",
        "v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-alpha.beta", "v1.0.0-beta", "v1.0.0-beta.2", "v1.0.0-beta.11", "v1.0.0-rc.1", "v1.0.0",
        "v1.0.1-0.20220101000000-abcdefabcdef", "v1.0.1", "v1.2.0", "v1.10.0", "v20.10.0+incompatible", "v99999999999999999999.0.0",
    ];

    private static readonly string[] Toolchains =
        ["go1.2", "go1.4.3", "go1.9rc2", "go1.9", "go1.18beta1", "go1.18rc1", "go1.18", "go1.18.1", "go1.21rc2", "go1.21.0", "go1.21.1", "go1.24rc1", "go1.24rc2", "go1.24.0", "go1.26.5-X:jsonv2"];

    [Fact]
    public void Module_versions_have_Go_s_order() => AssertOrder(Modules, (left, right) =>
    {
        Assert.True(GoVersion.TryParseModule(left, out GoVersion first));
        Assert.True(GoVersion.TryParseModule(right, out GoVersion second));
        return first.CompareTo(second);
    });

    [Fact]
    public void Toolchains_have_Go_s_order() => AssertOrder(Toolchains, (left, right) =>
    {
        Assert.True(GoVersion.TryParseToolchain(left, out GoVersion first));
        Assert.True(GoVersion.TryParseToolchain(right, out GoVersion second));
        return first.CompareTo(second);
    });

    [Theory]
    [InlineData("1.19.1", "go1.19.1")]
    [InlineData("1.24.0-rc.2", "go1.24rc2")]
    [InlineData("1.21.0", "go1.21.0")]
    [InlineData("1.20.0", "go1.20")]
    public void A_toolchain_has_Go_s_name(string semantic, string expected) => Assert.Equal(expected, GoVersion.ToolchainName(semantic));

    [Theory]
    [InlineData("")]
    [InlineData("(devel)")]
    [InlineData("v1.2.3.4")]
    [InlineData("v1.2.3-")]
    [InlineData("v1.2.x")]
    [InlineData("RELEASE.2024-06-06T09-36-42Z")]
    public void What_is_no_version_is_not_taken_for_one(string text) => Assert.False(GoVersion.TryParseModule(text, out _));

    [ToolTheory("dpkg")]
    [InlineData("1.0", "1.0-1")]
    [InlineData("1.0~rc1-1", "1.0-1")]
    [InlineData("1:0.1", "2.0")]
    [InlineData("2.36-9+deb12u4", "2.36-9+deb12u10")]
    [InlineData("1.0a", "1.0+b1")]
    [InlineData("1.0-1", "1.0-1")]
    [InlineData("0", "00")]
    [InlineData("1.00000000000000000000000000001", "1.00000000000000000000000000002")]
    [InlineData("1~~", "1~~a")]
    [InlineData("1.2-3", "1.2-3.1")]
    [InlineData("4:12.2.0-3", "4:12.2.0-14")]
    public void Debian_s_versions_have_dpkg_s_order(string left, string right)
    {
        string relation = DpkgVersion.Compare(left, right) switch { < 0 => "lt", 0 => "eq", _ => "gt" };

        Assert.Equal(0, Programs.Run("dpkg", ["--compare-versions", left, relation, right]).ExitCode);
        Assert.Equal(-Math.Sign(DpkgVersion.Compare(left, right)), Math.Sign(DpkgVersion.Compare(right, left)));
    }

    // apk-tools, doc/apk-package.5.scd and the kinds of test/unit/version.data.
    [Theory]
    [InlineData("1.2.3", "1.2.4")]
    [InlineData("1.2", "1.2.1")]
    [InlineData("1.2_alpha", "1.2_beta1")]
    [InlineData("1.2_rc1", "1.2")]
    [InlineData("1.2", "1.2_git20230717")]
    [InlineData("1.2", "1.2_p1")]
    [InlineData("1.2_git1", "1.2_p1")]
    [InlineData("1.2.4_git20230717-r4", "1.2.4_git20230717-r5")]
    [InlineData("1.2-r9", "1.2-r10")]
    [InlineData("1.2a", "1.2b")]
    [InlineData("1.2", "1.2a")]
    [InlineData("1.05", "1.1")]
    [InlineData("1.9", "1.10")]
    [InlineData("3.1.4-r5", "3.1.4-r6")]
    public void Alpine_s_versions_have_its_order(string left, string right)
    {
        Assert.True(ApkVersion.Compare(left, right) < 0);
        Assert.True(ApkVersion.Compare(right, left) > 0);
        Assert.Equal(0, ApkVersion.Compare(left, left));
    }

    // first.org/cvss/v3.1/examples and its calculator.
    [Theory]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4)]
    [InlineData("CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8)]
    [InlineData("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5)]
    [InlineData("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0)]
    // The score of FIRST's own calculator.
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N", 6.9)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0)]
    [InlineData("CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:H/SC:H/SI:L/SA:L/E:U/CR:L/IR:L/AR:L", 3.9)]
    [InlineData("CVSS:4.0/AV:A/AC:L/AT:N/PR:L/UI:A/VC:N/VI:N/VA:N/SC:H/SI:N/SA:L/E:U/CR:L/IR:L/AR:L/MSI:S", 1.9)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:A/VC:H/VI:L/VA:L/SC:H/SI:N/SA:L/E:U/CR:L/IR:L/AR:L", 3.9)]
    [InlineData("CVSS:4.0/AV:A/AC:H/AT:P/PR:N/UI:A/VC:H/VI:H/VA:N/SC:N/SI:L/SA:N/E:A", 7.2)]
    [InlineData("CVSS:4.0/AV:N/AC:H/AT:P/PR:L/UI:N/VC:H/VI:L/VA:H/SC:H/SI:N/SA:H/E:U/CR:L/IR:L/AR:L/MSI:S/MAV:N", 5.1)]
    [InlineData("CVSS:4.0/AV:L/AC:L/AT:N/PR:H/UI:N/VC:L/VI:N/VA:N/SC:L/SI:H/SA:L/E:P/CR:M/IR:H/AR:H/MSI:S/MAV:N", 6.7)]
    [InlineData("CVSS:4.0/AV:A/AC:H/AT:N/PR:N/UI:A/VC:L/VI:H/VA:H/SC:H/SI:L/SA:L/E:U/CR:L/IR:L/AR:L/MSI:S/MAV:N", 4.6)]
    [InlineData("CVSS:4.0/AV:P/AC:L/AT:N/PR:N/UI:P/VC:N/VI:L/VA:N/SC:L/SI:N/SA:N", 2.4)]
    [InlineData("CVSS:4.0/AV:P/AC:L/AT:N/PR:H/UI:A/VC:H/VI:H/VA:L/SC:H/SI:H/SA:H/E:A/CR:H/IR:H/AR:H/MSI:S", 9.2)]
    [InlineData("CVSS:4.0/AV:A/AC:H/AT:P/PR:L/UI:P/VC:L/VI:N/VA:L/SC:N/SI:N/SA:L/E:U/CR:L/IR:L/AR:L/MSI:S/MAV:P", 0.8)]
    [InlineData("CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:P/VC:L/VI:H/VA:N/SC:L/SI:L/SA:L", 6.9)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:P/VC:N/VI:L/VA:H/SC:H/SI:L/SA:H/MAV:N", 8.4)]
    [InlineData("CVSS:4.0/AV:N/AC:L", null)]
    [InlineData("CVSS:3.1/AV:N", null)]
    [InlineData("CVSS:3.1", null)]
    [InlineData("none", null)]
    public void A_vector_has_its_score(string vector, double? expected) => Assert.Equal(expected, CvssScore.Of(vector));

    private static void AssertOrder(string[] versions, Func<string, string, int> compare)
    {
        for (int i = 0; i < versions.Length; i++)
        {
            for (int j = 0; j < versions.Length; j++)
            {
                Assert.True(Math.Sign(compare(versions[i], versions[j])) == i.CompareTo(j), $"{versions[i]} and {versions[j]}");
            }
        }
    }
}
