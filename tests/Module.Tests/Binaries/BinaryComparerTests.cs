using System.Globalization;
using System.Text.RegularExpressions;
using GoCross.Binaries;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Tests.Elf;
using GoCross.Tests.GoBinaries;

namespace GoCross.Tests.Binaries;

/// <summary>What differs between two programs is what readelf, nm, size and go tell of the one and not of the other.</summary>
[Collection(GoProgramsCollection.Name)]
public sealed partial class BinaryComparerTests(GoPrograms programs) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("go", "gcc", "readelf", "nm", "size")]
    [InlineData("web", "web-cgo")]
    [InlineData("web-cgo", "web")]
    [InlineData("web-cgo", "web-cgo-stripped")]
    [InlineData("ccode", "lookup-cgo")]
    public async Task Changes_are_what_the_tools_tell_of_the_two(string reference, string difference)
    {
        (string left, string right) = (programs[reference], programs[difference]);

        IReadOnlyList<ElfChange> changes = Compare(left, right, BinaryComparer.AllCategories);

        AssertRows(Needed(left), Needed(right), changes, ElfChangeCategory.Library);
        AssertRows(Settings(await ModulesAsync(left)), Settings(await ModulesAsync(right)), changes, ElfChangeCategory.Setting);
        AssertRows(Symbols(left, imports: true), Symbols(right, imports: true), changes, ElfChangeCategory.Import);
        AssertRows(Symbols(left, imports: false), Symbols(right, imports: false), changes, ElfChangeCategory.Export, named: true);
        AssertRows(Sections(left), Sections(right), changes, ElfChangeCategory.Section);
        AssertRows(Versions(left), Versions(right), changes, ElfChangeCategory.Version);
        AssertRows(Sizes(left), Sizes(right), changes, ElfChangeCategory.Size);
        Assert.All(changes, change =>
        {
            Assert.Equal((left, right), (change.ReferencePath, change.DifferencePath));
            Assert.False(change.IsSummary);
            Assert.NotEqual("==", change.SideIndicator);
        });
        Assert.Equal(changes.OrderBy(change => change.Category), changes);
    }

    [ToolFact("go", "gcc", "readelf")]
    public void Cgo_makes_a_static_program_need_a_loader_a_libc_and_its_resolver()
    {
        ReadelfOutput said = ReadelfOutput.Of([programs["web-cgo"]])[programs["web-cgo"]];
        Version newest = said.VersionNeeds
            .Where(need => need.Version.StartsWith("GLIBC_", StringComparison.Ordinal))
            .Select(need => Version.Parse(need.Version["GLIBC_".Length..]))
            .Max()!;

        IReadOnlyList<ElfChange> changes = Compare(programs["web"], programs["web-cgo"]);

        Assert.Equal(
            [
                "<> Linkage: Static -> Dynamic", "<> RunsInScratch: Yes -> No", $"=> Interpreter:  -> {said.Interpreter}",
                "<> LibC: None -> Glibc", $"=> MinimumGlibc:  -> {newest}",
            ],
            Rows(changes, ElfChangeCategory.Linkage));
        Assert.Equal(["<> CgoLinked: False -> True", "<> Resolver: PureGo -> Cgo"], Rows(changes, ElfChangeCategory.Runtime));
        Assert.Empty(Rows(changes, ElfChangeCategory.Module));
        Assert.Empty(Rows(changes, ElfChangeCategory.Go));
        Assert.Contains("<> CGO_ENABLED: 0 -> 1", Rows(changes, ElfChangeCategory.Setting));
    }

    [ToolFact("go", "gcc")]
    public void The_long_categories_are_summed_up_unless_they_are_asked_for()
    {
        (string left, string right) = (programs["ccode"], programs["lookup-cgo"]);
        IReadOnlyList<ElfChange> all = Compare(left, right, BinaryComparer.AllCategories);

        IReadOnlyList<ElfChange> brief = Compare(left, right);

        foreach (ElfChangeCategory category in BinaryComparer.AllCategories)
        {
            ElfChange[] listed = [.. all.Where(change => change.Category == category)];
            ElfChange[] shown = [.. brief.Where(change => change.Category == category)];
            if (category is not (ElfChangeCategory.Version or ElfChangeCategory.Import or ElfChangeCategory.Export or ElfChangeCategory.Section))
            {
                Assert.Equal(listed, shown);
                continue;
            }

            if (listed.Length == 0)
            {
                Assert.Empty(shown);
                continue;
            }

            int Count(string side) => listed.Count(change => change.SideIndicator == side);
            ElfChange summary = Assert.Single(shown);
            Assert.True(summary.IsSummary);
            Assert.Equal($"+{Count("=>")} -{Count("<=")} ~{Count("<>")}", summary.Name);
            Assert.Equal("<>", summary.SideIndicator);
            Assert.Null(summary.SizeDifference);
        }

        ElfChange imports = brief.Single(change => change.Category == ElfChangeCategory.Import);
        Assert.Equal(Symbols(left, imports: true).Count, imports.ReferenceValue);
        Assert.Equal(Symbols(right, imports: true).Count, imports.DifferenceValue);
        Assert.Equal(Rows(all, ElfChangeCategory.Import), Rows(Compare(left, right, [ElfChangeCategory.Import]), ElfChangeCategory.Import));
        Assert.All(Compare(left, right, [ElfChangeCategory.Import, ElfChangeCategory.Size]), change =>
            Assert.True(change.Category is ElfChangeCategory.Import or ElfChangeCategory.Size));
    }

    [ToolFact("go", "gcc")]
    public void A_program_does_not_differ_from_itself()
    {
        string program = programs["web-cgo"];

        Assert.Empty(Compare(program, program));
        Assert.Empty(Compare(program, program, BinaryComparer.AllCategories));
        IReadOnlyList<ElfChange> equal = Compare(program, program, BinaryComparer.AllCategories, includeEqual: true);

        Assert.All(equal, change => Assert.Equal(("==", change.ReferenceValue), (change.SideIndicator, change.DifferenceValue)));

        // Module has none: the program imports none.
        Assert.Equal(BinaryComparer.AllCategories.Where(category => category != ElfChangeCategory.Module), equal.Select(change => change.Category).Distinct());
        Assert.Equal(Needed(program).Keys, equal.Where(change => change.Category == ElfChangeCategory.Library).Select(change => change.Name));
        Assert.Equal(Symbols(program, imports: true).Count, equal.Count(change => change.Category == ElfChangeCategory.Import));
        Assert.Equal("== +0 -0 ~0", Compare(program, program, includeEqual: true)
            .Where(change => change.Category == ElfChangeCategory.Export).Select(change => $"{change.SideIndicator} {change.Name}").Single());
    }

    [ToolFact("go")]
    public async Task Modules_differ_by_version_checksum_and_replacement()
    {
        using var first = new ModuleProxy();
        using var second = new ModuleProxy();
        foreach ((ModuleProxy proxy, string text) in new[] { (first, "package p\n"), (second, "package p\n\nvar X = 1\n") })
        {
            proxy.Add("example.test/same", "v1.0.0", "package p\n")
                .Add("example.test/moved", "v0.9.0", "package p\n")
                .Add("example.test/grown", "v1.1.0", "package p\n")
                .Add("example.test/grown", "v1.2.0", "package p\n")
                .Add("example.test/republished", "v1.0.0", text)
                .Add("example.test/gone", "v1.0.0", "package p\n")
                .Add("example.test/new", "v2.0.0+incompatible", "package p\n");
        }

        string left = first.Build(
            "require (\nexample.test/same v1.0.0\nexample.test/grown v1.1.0\nexample.test/republished v1.0.0\nexample.test/gone v1.0.0\n)",
            "example.test/same", "example.test/grown", "example.test/republished", "example.test/gone");
        string right = second.Build(
            "require (\nexample.test/same v1.0.0\nexample.test/grown v1.2.0\nexample.test/republished v1.0.0\nexample.test/other v1.5.0\n)\nreplace example.test/other v1.5.0 => example.test/moved v0.9.0",
            "example.test/same", "example.test/grown", "example.test/republished", "example.test/other");
        string[] leftSays = await ModulesAsync(left);
        string[] rightSays = await ModulesAsync(right);
        static string Sum(string[] lines, string module) => lines.Single(line => line.StartsWith($"dep\t{module}\t", StringComparison.Ordinal)).Split('\t')[3];
        Assert.NotEqual(Sum(leftSays, "example.test/republished"), Sum(rightSays, "example.test/republished"));

        Assert.Equal(
            [
                "<= example.test/gone: v1.0.0 -> ",
                "<> example.test/grown: v1.1.0 -> v1.2.0",
                "=> example.test/other:  -> v1.5.0 => example.test/moved v0.9.0",
                $"<> example.test/republished: v1.0.0 ({Sum(leftSays, "example.test/republished")}) -> v1.0.0 ({Sum(rightSays, "example.test/republished")})",
            ],
            Rows(Compare(left, right), ElfChangeCategory.Module));
        Assert.Equal(
            ["== example.test/same: v1.0.0 -> v1.0.0"],
            Rows(Compare(left, right, includeEqual: true), ElfChangeCategory.Module).Where(row => row[..2] == "=="));
    }

    /// <summary>
    /// A library and its next release: answer keeps its old version and gets a new one for those who link anew, the
    /// array grows from 2 to 4 numbers of 4 bytes, maybe is no longer weak, gone is gone, fresh is new.
    /// </summary>
    [ToolFact("gcc")]
    public void Exports_are_compared_by_name_and_version_with_all_that_others_rely_on()
    {
        string old = Library(
            "old",
            "int answer(void) { return 1; } int state[2]; __attribute__((weak)) int maybe(void) { return 0; } int gone(void) { return 0; }",
            "V1 { global: answer; state; maybe; gone; local: *; };");
        string next = Library(
            "next",
            "__asm__(\".symver answer_1, answer@V1\"); __asm__(\".symver answer_2, answer@@V2\"); "
            + "int answer_1(void) { return 1; } int answer_2(void) { return 2; } int state[4]; int maybe(void) { return 0; } int fresh(void) { return 0; }",
            "V1 { global: answer; state; maybe; local: *; }; V2 { global: answer; fresh; } V1;");

        Assert.Equal(
            [
                "<> answer@V1: Function -> Function, not default",
                "=> answer@V2:  -> Function",
                "=> fresh@V2:  -> Function",
                "<= gone@V1: Function -> ",
                "<> maybe@V1: Function, weak -> Function",
                "<> state@V1: Object, 8 bytes -> Object, 16 bytes",
            ],
            Rows(Compare(old, next, [ElfChangeCategory.Export]), ElfChangeCategory.Export));
    }

    [ToolFact("gcc")]
    public void Search_paths_names_order_and_hardening_are_compared()
    {
        string plain = Library("plain", "void f(void) {}", null, "-Wl,--no-as-needed", "-lm", "-lresolv", "-Wl,-z,norelro", "-Wl,-z,lazy", "-Wl,-z,noexecstack");
        string other = Library(
            "other", "void f(void) {}", null, "-Wl,--no-as-needed", "-lresolv", "-lm", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,execstack",
            "-Wl,-soname,libother.so.1", "-Wl,-rpath,/opt/lib", "-Wl,--enable-new-dtags");

        IReadOnlyList<ElfChange> changes = Compare(plain, other);

        Assert.Equal(["=> SoName:  -> libother.so.1", "=> RunPath:  -> /opt/lib"], Rows(changes, ElfChangeCategory.Linkage));
        Assert.Equal(
            ["<> (order): libm.so.6, libresolv.so.2, libc.so.6 -> libresolv.so.2, libm.so.6, libc.so.6"],
            Rows(changes, ElfChangeCategory.Library));
        Assert.Equal(
            ["<> NoExecuteStack: True -> False", "<> Relro: None -> Full", "<> BindNow: False -> True"],
            Rows(changes, ElfChangeCategory.Hardening));
    }

    [ToolFact("go", "gcc")]
    public void Without_section_headers_all_but_the_sections_is_compared()
    {
        string whole = programs["web-cgo"];
        string bare = Write("bare", HandMadeElf.WithoutSections(File.ReadAllBytes(whole)));
        BinaryContent content = BinaryContent.Read(whole);

        IReadOnlyList<ElfChange> changes = Compare(whole, bare, BinaryComparer.AllCategories);

        Assert.Equal(["<> Stripped: False -> True", "<> HasDwarf: True -> False"], Rows(changes, ElfChangeCategory.File));
        Assert.Equal(
            content.Sections.Select(section => $"<= {section.Name}: {section.Size} -> "), Rows(changes, ElfChangeCategory.Section));
        Assert.All(changes, change => Assert.True(change.Category is ElfChangeCategory.File or ElfChangeCategory.Section, change.ToString()));

        string[] Everything(string path) => [.. Compare(programs["web"], path, BinaryComparer.AllCategories)
            .Where(change => change.Category is not (ElfChangeCategory.File or ElfChangeCategory.Section or ElfChangeCategory.Size))
            .Select(change => change.ToString())];
        Assert.Equal(Everything(whole), Everything(bare));
    }

    [ToolTheory("go", "gcc")]
    [InlineData("lookup-windows", "Pe", "windows")]
    [InlineData("lookup-darwin", "MachO", "darwin")]
    public void Of_a_Go_program_for_another_system_what_Go_wrote_is_compared(string name, string format, string system)
    {
        BinaryContent other = BinaryContent.Read(programs[name]);

        IReadOnlyList<ElfChange> changes = BinaryComparer.Compare(BinaryContent.Read(programs["lookup"]), other, BinaryComparer.AllCategories);

        Assert.Equal([$"<> Format: Elf -> {format}"], Rows(changes, ElfChangeCategory.File));
        Assert.Contains($"<> GOOS: linux -> {system}", Rows(changes, ElfChangeCategory.Setting));
        Assert.Contains("<> Resolver: PureGo -> Platform", Rows(changes, ElfChangeCategory.Runtime));
        Assert.Equal(["File"], changes.Where(change => change.Category == ElfChangeCategory.Size).Select(change => change.Name));
        Assert.All(changes, change => Assert.True(
            change.Category is ElfChangeCategory.File or ElfChangeCategory.Runtime or ElfChangeCategory.Setting or ElfChangeCategory.Size,
            change.ToString()));
        Assert.Contains(programs[name], Assert.Single(other.Warnings), StringComparison.Ordinal);
    }

    [ToolFact("go", "gcc", "upx")]
    public void Of_a_packed_program_nothing_is_told_that_is_the_unpackers()
    {
        string packed = Path.Combine(_folder.Path, "packed");
        Programs.Output("upx", ["-q", "-1", "-o", packed, programs["web-cgo"]]);
        BinaryContent content = BinaryContent.Read(packed);

        IReadOnlyList<ElfChange> changes = BinaryComparer.Compare(BinaryContent.Read(programs["web-cgo"]), content, BinaryComparer.AllCategories);

        Assert.Equal(
            [
                "<> Packed: None -> Upx", "<> Linkage: Dynamic -> PackedUnknown", "<> RunsInScratch: No -> Unknown",
                $"<> File: {new FileInfo(programs["web-cgo"]).Length} -> {new FileInfo(packed).Length}",
                $"=> Unpacked:  -> {new FileInfo(programs["web-cgo"]).Length}",
            ],
            changes.Select(Row));
        Assert.Contains("upx -d", Assert.Single(content.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_compared_is_a_named_error()
    {
        string Id(string path) => Assert.Throws<GoCrossException>(() => BinaryContent.Read(path)).ErrorId;

        Assert.Equal("PathNotFound", Id(Path.Combine(_folder.Path, "missing")));
        Assert.Equal("PathIsDirectory", Id(_folder.Path));
        Assert.Equal("FileEmpty", Id(Write("empty", [])));
        Assert.Equal("NotElfScript", Id(Write("script", "#!/bin/sh\n"u8.ToArray())));
        Assert.Equal("NotElfPe", Id(typeof(BinaryContent).Assembly.Location));
        Assert.Equal("ElfTruncated", Id(Write("cut", File.ReadAllBytes(Tools.Require("sh"))[..200])));
    }

    [ToolFact("dash")]
    public void No_damage_to_a_file_leads_to_more_than_a_named_error()
    {
        const int Seed = 20_261_124;
        const int Runs = 3_000;
        byte[] original = File.ReadAllBytes(Tools.Require("dash"));
        BinaryContent reference = BinaryContent.Read(new BytesSource(original));
        using ElfFile file = ElfFile.Open(new BytesSource(original));
        int tables = (int)file.Sections.Where(section => section.Name is ".gnu.hash" or ".gnu.version" or ".gnu.version_r").Max(section => section.Offset + section.Size);
        int dynamic = (int)file.FindSection(".dynamic")!.Value.Offset;
        var random = new Random(Seed);
        int compared = 0;
        for (int i = 0; i < Runs; i++)
        {
            byte[] mutant = (byte[])original.Clone();
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(3) switch
                {
                    0 => random.Next(4, tables),
                    1 => dynamic + random.Next(0x200),
                    _ => mutant.Length - 1 - random.Next(0x700),
                };
                mutant[at] = (byte)(random.Next(3) switch { 0 => 0xff, 1 => mutant[at] ^ (1 << random.Next(8)), _ => random.Next(256) });
            }

            try
            {
                compared += BinaryComparer.Compare(reference, BinaryContent.Read(new BytesSource(mutant)), BinaryComparer.AllCategories).Count > 0 ? 1 : 0;
            }
            catch (GoCrossException)
            {
                // A named error is a right answer.
            }
            catch (Exception e)
            {
                Assert.Fail($"Mutation {i} of seed {Seed}: {e}");
            }
        }

        Assert.InRange(compared, Runs / 10, Runs - (Runs / 50));
    }

    private static IReadOnlyList<ElfChange> Compare(
        string reference, string difference, IReadOnlyCollection<ElfChangeCategory>? categories = null, bool includeEqual = false) =>
        BinaryComparer.Compare(BinaryContent.Read(reference), BinaryContent.Read(difference), categories, includeEqual);

    private static string[] Rows(IEnumerable<ElfChange> changes, ElfChangeCategory category) =>
        [.. changes.Where(change => change.Category == category).Select(Row)];

    private static string Row(ElfChange change) => string.Create(
        CultureInfo.InvariantCulture, $"{change.SideIndicator} {change.Name}: {change.ReferenceValue} -> {change.DifferenceValue}");

    // What the tools say of each name on either side, against the rows; of exports the tool tells the names only.
    private static void AssertRows(
        Dictionary<string, string> left, Dictionary<string, string> right, IReadOnlyList<ElfChange> changes, ElfChangeCategory category, bool named = false)
    {
        IEnumerable<string> expected = left.Keys.Union(right.Keys)
            .Select(name => (Name: name, Left: left.GetValueOrDefault(name), Right: right.GetValueOrDefault(name)))
            .Where(row => row.Left != row.Right)
            .Select(row => $"{(row.Left is null ? "=>" : row.Right is null ? "<=" : "<>")} {row.Name}: {row.Left} -> {row.Right}");
        IEnumerable<string> actual = named
            ? changes.Where(change => change.Category == category).Select(change => Row(change with { ReferenceValue = null, DifferenceValue = null }))
            : Rows(changes, category);
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, string> Needed(string path) =>
        ReadelfOutput.Of([path])[path].Needed.ToDictionary(name => name, _ => "");

    private static Dictionary<string, string> Versions(string path) =>
        ReadelfOutput.Of([path])[path].VersionNeeds.ToDictionary(need => $"{need.Version} ({need.Library})", need => need.Weak ? "weak" : "");

    private static Dictionary<string, string> Settings(string[] modules) => modules
        .Where(line => line.StartsWith("build\t", StringComparison.Ordinal))
        .Select(line => line["build\t".Length..].Split('=', 2))
        .Where(setting => setting[1].Length > 0)
        .ToDictionary(setting => setting[0], setting => setting[1].Trim('"'));

    // name@version, or name@@version for the default; nm's letter is U, w or v for what is not defined.
    private static Dictionary<string, string> Symbols(string path, bool imports)
    {
        var symbols = new Dictionary<string, string>();
        foreach (Match match in SymbolPattern().Matches(Programs.Run("nm", ["-D", path]).StandardOutput))
        {
            string version = match.Groups["version"].Value;
            bool isWeak = match.Groups["character"].Value is "w" or "v";
            if ((match.Groups["character"].Value is "U" or "w" or "v") != imports)
            {
                continue;
            }

            if (imports)
            {
                symbols.Add(match.Groups["name"].Value, version + (isWeak ? version.Length > 0 ? ", weak" : "weak" : ""));
            }
            else
            {
                symbols.Add(match.Groups["name"].Value + (version.Length > 0 ? "@" + version : ""), "");
            }
        }

        return symbols;
    }

    private static Dictionary<string, string> Sections(string path) => SectionPattern()
        .Matches(Programs.Output("readelf", ["-S", "-W", path]))
        .ToDictionary(
            match => match.Groups["name"].Value,
            match => long.Parse(match.Groups["size"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));

    private static Dictionary<string, string> Sizes(string path)
    {
        // "text data bss dec hex filename", and a line of numbers.
        string[] numbers = Programs.Output("size", [path]).Split('\n')[1].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return new()
        {
            ["File"] = new FileInfo(path).Length.ToString(CultureInfo.InvariantCulture),
            ["text"] = numbers[0],
            ["data"] = numbers[1],
            ["bss"] = numbers[2],
        };
    }

    private async Task<string[]> ModulesAsync(string path) =>
        [.. (await programs.GoAsync("version", "-m", path)).Split('\n').Skip(1).Select(line => line.Trim('\t'))];

    private string Library(string name, string source, string? versions, params string[] flags)
    {
        string code = Write(name + ".c", System.Text.Encoding.UTF8.GetBytes(source));
        string library = Path.Combine(_folder.Path, $"lib{name}.so");
        string[] script = versions is null
            ? []
            : ["-Wl,--version-script=" + Write(name + ".map", System.Text.Encoding.UTF8.GetBytes(versions))];
        Programs.Output("gcc", ["-shared", "-fPIC", "-o", library, code, .. script, .. flags]);
        return library;
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    [GeneratedRegex(@"^(?:[0-9a-f]+| +) (?<character>\w) (?<name>[^@\s]+)(?:@@?(?<version>\S+))?$", RegexOptions.Multiline)]
    private static partial Regex SymbolPattern();

    [GeneratedRegex(@"^ +\[ *\d+\] (?<name>\S+) +[A-Z]\S* +[0-9a-f]+ [0-9a-f]+ (?<size>[0-9a-f]+) ", RegexOptions.Multiline)]
    private static partial Regex SectionPattern();
}
