using GoCross.GoBinaries;

namespace GoCross.Tests.GoBinaries;

[Collection(GoProgramsCollection.Name)]
public sealed class RuntimeNeedsTests(GoPrograms programs)
{
    [ToolTheory("go", "gcc")]
    [InlineData("hello", "")]
    [InlineData("hello-cgo-allowed", "")]
    [InlineData("web", "CaCertificates /etc/ssl/certs/ca-certificates.crt")]
    [InlineData("roots", "CaCertificates /etc/ssl/certs/ca-certificates.crt")]
    [InlineData("roots-embedded", "")]
    [InlineData("zones", "TimeZones /usr/share/zoneinfo")]
    [InlineData("zones-embedded", "")]
    [InlineData("temporary", "TemporaryDirectory /tmp")]
    [InlineData("lookup", "UserDatabase /etc/passwd, UserDatabase /etc/group, HomeDirectory $HOME")] // os/user.Current asks
    [InlineData("lookup-static", "UserDatabase /etc/passwd, UserDatabase /etc/group")]
    [InlineData("lookup-windows", "")]
    [InlineData("lookup-darwin", "")]
    public void What_an_image_must_hold_is_told_and_nothing_else(string name, string needs)
    {
        RuntimeNeed[] found = [.. GoPrograms.NeedsOf(programs[name]).Where(need => need.ProvidedBy == NeedProvider.Image)];

        Assert.Equal(needs, string.Join(", ", found.Select(need => $"{need.Kind} {need.Path}")));
        Assert.All(found, need => Assert.False(need.Required));
        Assert.All(found, need => Assert.NotEmpty(need.Reason));
    }

    [ToolFact("go", "gcc", "readelf")]
    public async Task The_loader_and_each_library_are_required_and_come_first()
    {
        // "[Requesting program interpreter: /lib64/ld-linux-x86-64.so.2]", "(NEEDED) Shared library: [libc.so.6]".
        string headers = await programs.RunAsync(Tools.Require("readelf"), ["-Wld", programs["lookup-cgo"]]);
        string[] expected =
        [
            .. headers.Split('\n').Where(line => line.Contains("interpreter: ", StringComparison.Ordinal))
                .Select(line => "Loader " + line.Split("interpreter: ")[1].TrimEnd(']')),
            .. headers.Split('\n').Where(line => line.Contains("(NEEDED)", StringComparison.Ordinal))
                .Select(line => "SharedLibrary " + line.Split('[')[1].TrimEnd(']')),
        ];

        IReadOnlyList<RuntimeNeed> found = GoPrograms.NeedsOf(programs["lookup-cgo"]);

        Assert.Equal(expected, found.TakeWhile(need => need.Required).Select(need => $"{need.Kind} {need.Path}"));
        Assert.Equal(2, found.Count(need => need.Kind == RuntimeNeedKind.UserDatabase));
    }

    [ToolFact("go", "gcc", "musl-gcc")]
    public void The_reason_for_the_list_of_users_names_who_reads_it()
    {
        string Reason(string name) =>
            GoPrograms.NeedsOf(programs[name]).Single(need => need.Path == RuntimeNeeds.UsersPath).Reason;

        Assert.Contains("os/user reads it", Reason("lookup"), StringComparison.Ordinal);
        Assert.Contains("nsswitch.conf", Reason("lookup-cgo"), StringComparison.Ordinal);
        Assert.Contains("linked-in glibc", Reason("lookup-static"), StringComparison.Ordinal);
        Assert.Contains("musl", Reason("lookup-musl"), StringComparison.Ordinal);
        Assert.Equal(GoLookup.Cgo, GoRuntimeFactsReader.TryRead(programs["lookup-musl"])!.Resolver);
    }

    [ToolFact("go", "gcc")]
    public void A_position_independent_program_without_libraries_needs_its_loader()
    {
        RuntimeNeed need = Assert.Single(GoPrograms.NeedsOf(programs["hello-pie"]));

        Assert.Equal((RuntimeNeedKind.Loader, true), (need.Kind, need.Required));
    }
}
