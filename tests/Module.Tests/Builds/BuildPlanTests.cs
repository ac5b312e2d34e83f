using GoCross.Builds;
using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

public sealed class BuildPlanTests
{
    private static readonly GoPackage Api = new("example.com/x/cmd/api", "api", "/src", "/src", ".");
    private static readonly BuildTarget Amd64 = new(new GoTarget("linux", "amd64", true, true), null);
    private static readonly BuildTarget Arm64 = new(new GoTarget("linux", "arm64", true, true), null);
    private static readonly BuildTarget ArmV6 = new(new GoTarget("linux", "arm", true, true), "6");
    private static readonly BuildTarget Windows = new(new GoTarget("windows", "amd64", true, true), null);
    private static readonly BuildTarget Wasm = new(new GoTarget("js", "wasm", false, false), null);

    [Theory]
    [InlineData("/out/{name}_{os}_{arch}_{variant}_{strategy}{ext}", "/out/api_linux_amd64_static", "/out/api_linux_arm_v6_static", "/out/api_windows_amd64_static.exe")]
    [InlineData("/out/{os}/{arch}/{variant}/{Name}", "/out/linux/amd64/api", "/out/linux/arm/v6/api", "/out/windows/amd64/api")]
    [InlineData("/out/../x/{name}-{variant}.{strategy}", "/x/api.static", "/x/api-v6.static", "/x/api.static")]
    public void A_template_is_filled_and_a_variant_that_is_not_there_takes_its_separator_along(
        string template, string amd64, string armV6, string windows)
    {
        OutputTemplate output = OutputTemplate.Create("/", template);

        Assert.Equal(amd64, output.Expand(Api, Amd64, BuildStrategy.Static));
        Assert.Equal(armV6, output.Expand(Api, ArmV6, BuildStrategy.Static));
        Assert.Equal(windows, output.Expand(Api, Windows, BuildStrategy.Static));
    }

    [Fact]
    public void A_folder_gets_files_of_the_default_name() => Assert.Equal(
        "/out/api_js_wasm_static.wasm",
        OutputTemplate.Create("/out", OutputTemplate.DefaultFileName).Expand(Api, Wasm, BuildStrategy.Static));

    [Fact]
    public void Braces_in_the_folder_s_name_are_letters()
    {
        OutputTemplate output = OutputTemplate.Create("/src/{app}/{os}", OutputTemplate.DefaultFileName);

        Assert.Equal("/src/{app}/{os}/api_linux_amd64_static", output.Expand(Api, Amd64, BuildStrategy.Static));
        Assert.Equal("OutputCollision", Assert.Throws<GoCrossException>(() => Plan(
            [Api], [Amd64, Windows], [BuildStrategy.Static], OutputTemplate.Create("/src/{os}", "{name}_{arch}"))).ErrorId);
    }

    [Fact]
    public void A_placeholder_that_is_not_known_is_refused()
    {
        GoCrossException e = Assert.Throws<GoCrossException>(() => OutputTemplate.Create("/out", "{arhc}"));

        Assert.Equal("OutputPlaceholderUnknown", e.ErrorId);
        Assert.Contains("{arch}", e.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Builds_that_have_all_in_common_are_one_go_build_and_two_of_one_name_are_not()
    {
        GoPackage other = Api with { ImportPath = "example.com/x/tools/api", Directory = "/tools" };
        GoPackage tool = Api with { ImportPath = "example.com/x/cmd/tool", Name = "tool", Directory = "/tool" };
        IReadOnlyList<BuildRequest> plan =
        [
            .. from package in new[] { Api, tool, other }
               from target in new[] { Amd64, Arm64 }
               select new BuildRequest(package, target, BuildStrategy.Static, $"/out/{package.ImportPath}_{target.Architecture}"),
        ];

        IReadOnlyList<BuildRequest[]> groups = BuildPlan.Group(plan, build => build.Target.Name);

        Assert.Equal(
            ["cmd/api cmd/tool amd64", "cmd/api cmd/tool arm64", "tools/api amd64", "tools/api arm64"],
            groups.Select(group => string.Join(
                ' ', group.Select(build => build.Package.ImportPath["example.com/x/".Length..]).Append(group[0].Target.Architecture))));
        Assert.Equal(plan.Count, BuildPlan.Group(plan, _ => null).Count);
    }

    [Fact]
    public void Two_builds_of_one_path_are_refused_with_the_placeholders_that_tell_them_apart()
    {
        GoCrossException e = Assert.Throws<GoCrossException>(() => Plan(
            [Api], [Amd64, Arm64], [BuildStrategy.Static], OutputTemplate.Create("/out", "{name}")));
        Assert.Equal("OutputCollision", e.ErrorId);
        Assert.Contains("/out/api", e.Message, StringComparison.Ordinal);
        Assert.Equal("Add {arch} to -OutputPath.", e.Fix);

        GoPackage other = Api with { ImportPath = "example.com/x/tools/api" };
        Assert.Equal("OutputCollisionOfNames", Assert.Throws<GoCrossException>(() => Plan(
            [Api, other], [Amd64], [BuildStrategy.Static], OutputTemplate.Create("/out", "{name}"))).ErrorId);
    }

    [Theory]
    [InlineData(1, null, 8, 1, null)]
    [InlineData(6, null, 2, 2, 1)]
    [InlineData(6, null, 8, 6, 2)]
    [InlineData(3, null, 8, 3, 3)]
    [InlineData(6, 4, 2, 4, 1)]
    [InlineData(6, 1, 8, 1, null)]
    public void Cores_are_shared_out_among_the_builds(int builds, int? limit, int cores, int atOnce, int? jobs) =>
        Assert.Equal(new BuildParallelism(atOnce, jobs), BuildParallelism.Share(builds, limit, cores));

    private static IReadOnlyList<BuildRequest> Plan(
        GoPackage[] packages, BuildTarget[] targets, BuildStrategy[] strategies, OutputTemplate output) => BuildPlan.Create(
        [
            .. from package in packages
               from strategy in strategies
               from target in targets
               select new BuildRequest(package, target, strategy, output.Expand(package, target, strategy)),
        ],
        output);
}
