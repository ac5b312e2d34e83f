using System.Globalization;
using GoCross.GoBinaries;

namespace GoCross.Tests.GoBinaries;

[Collection(GoProgramsCollection.Name)]
public sealed class GoFunctionTableTests(GoPrograms programs)
{
    [ToolTheory("go", "gcc")]
    [InlineData("web")]
    [InlineData("hello-386")]
    [InlineData("hello-arm")]
    [InlineData("hello-mips")]
    [InlineData("hello-s390x")]
    [InlineData("hello-windows")]
    [InlineData("hello-darwin")]
    public async Task Functions_and_their_places_are_what_go_tool_nm_prints(string name)
    {
        // Address, type, name of a symbol, as in "46f3c0 T main.main". Two symbols are marks, not functions. Symbol tables
        // add the calling convention, on macOS C's underscore, and spell a middle dot as each format likes.
        (ulong Address, string Name)[] symbols =
        [
            .. (await programs.GoAsync("tool", "nm", "-n", programs[name])).Split('\n')
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(part => part.Length > 2 && part[1] is "T" or "t")
                .Select(part => (
                    Address: ulong.Parse(part[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                    Name: Plain(string.Join(' ', part[2..]))))
                .Where(symbol => symbol.Name is not ("runtime.text" or "runtime.etext")),
        ];

        GoFunction[] functions = Functions(programs[name]);

        ulong start = symbols[0].Address;
        Assert.Equal(
            symbols.Select(symbol => (symbol.Address - start, symbol.Name)).Order(),
            functions.Select(f => (f.TextOffset, Plain(f.Name))).Order());
    }

    [ToolTheory("go", "gcc")]
    [MemberData(nameof(GoPrograms.Names), MemberType = typeof(GoPrograms))]
    public void Every_program_has_its_functions_and_their_names_and_packages(string name)
    {
        using var source = GoCross.Files.RandomAccessFile.Open(programs[name]);
        GoFunctionTable table = GoFunctionTable.TryOpen(source)!;

        GoFunction[] functions = [.. table.EnumerateFunctions()];

        Assert.Equal("main", Assert.Single(functions, f => f.Name == "main.main").Package);
        Assert.Contains(functions, f => f.Package == "internal/bytealg");
        Assert.Equal(table.Count, (uint)functions.Length);
        Assert.Empty(functions.Select(f => f.Name).Except(table.EnumerateNames()));
    }

    [ToolTheory("go", "gcc")]
    [MemberData(nameof(GoPrograms.ElfNames), MemberType = typeof(GoPrograms))]
    public void The_table_is_found_without_section_headers(string name)
    {
        byte[] content = File.ReadAllBytes(programs[name]);
        using var source = new BytesSource(HandMadeElf.WithoutSections(content));

        Assert.Equal(Functions(programs[name]), GoFunctionTable.TryOpen(source)!.EnumerateFunctions());
    }

    [ToolTheory("go", "gcc", "readelf")]
    [InlineData("web")]
    [InlineData("hello-stripped")]
    [InlineData("hello-s390x")]
    public async Task Sizes_add_up_to_the_code_but_for_an_instruction(string name)
    {
        // "[ 1] .text PROGBITS 0000000000401000 001000 24c2d1 00 AX 0 0 32". The linker marks the end
        // with the smallest instruction of the architecture.
        string sections = await programs.RunAsync(Tools.Require("readelf"), ["-SW", programs[name]]);
        string[] text = sections.Split('\n').Single(line => line.Contains(" .text ", StringComparison.Ordinal))
            .Split(']')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long size = long.Parse(text[4], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        Assert.InRange(size - Functions(programs[name]).Sum(f => (long)f.Size), 1, 4);
    }

    [ToolFact("go", "gcc")]
    public void Stripping_takes_no_function_away()
    {
        Assert.Equal(
            Functions(programs["web-cgo"]).Select(f => (f.Name, f.Size)),
            Functions(programs["web-cgo-stripped"]).Select(f => (f.Name, f.Size)));
    }

    [ToolFact("go", "gcc")]
    public void Enumerating_a_big_table_takes_little_memory()
    {
        using var source = GoCross.Files.RandomAccessFile.Open(Tools.Require("go"));
        GoFunctionTable table = GoFunctionTable.TryOpen(source)!;
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = 0;
        table.ForEachName(name => count += name.Length > 0 ? 1 : 0);

        Assert.True(count > 10_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300 * 1024);
    }

    [Fact]
    public void Files_of_other_kinds_have_no_table()
    {
        using var library = GoCross.Files.RandomAccessFile.Open(typeof(GoBuildInfo).Assembly.Location);
        using var host = GoCross.Files.RandomAccessFile.Open(Environment.ProcessPath!);

        Assert.Null(GoFunctionTable.TryOpen(library));
        Assert.Null(GoFunctionTable.TryOpen(host));
        Assert.Null(GoFunctionTable.TryOpen(new BytesSource([1, 2, 3])));
    }

    [Theory]
    [InlineData("main.main", "main")]
    [InlineData("net/http.(*Client).Do", "net/http")]
    [InlineData("github.com/docker/cli/cli.main.func1", "github.com/docker/cli/cli")]
    [InlineData("gopkg.in/yaml%2ev3.Marshal", "gopkg.in/yaml.v3")]
    [InlineData("go.uber.org/zap.New", "go.uber.org/zap")]
    [InlineData("slices.SortFunc[go.shape.[]net/http.Header]", "slices")]
    [InlineData("sync/atomic.(*Pointer[go.shape.struct { a/b.C }]).Load", "sync/atomic")]
    [InlineData("type:.eq.net/http.http2Frame", "")]
    [InlineData("type..eq.net/http.http2Frame", "")]
    [InlineData("go:buildid", "")]
    [InlineData("go.buildid", "")]
    [InlineData("crosscall2", "")]
    [InlineData("", "")]
    public void The_package_is_the_name_up_to_the_first_dot_after_the_last_slash(string name, string package)
    {
        Assert.Equal(package, GoFunction.PackageOf(name));
    }

    private static string Plain(string name) =>
        name.TrimStart('_').Replace(".abi0", "", StringComparison.Ordinal).Replace('\u00b7', '.');

    private static GoFunction[] Functions(string path)
    {
        using var source = GoCross.Files.RandomAccessFile.Open(path);
        return [.. GoFunctionTable.TryOpen(source)!.EnumerateFunctions()];
    }
}
