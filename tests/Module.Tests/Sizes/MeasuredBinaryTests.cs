using System.Buffers.Binary;
using System.Globalization;
using GoCross.Errors;
using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Sizes;

namespace GoCross.Tests.Sizes;

/// <summary>What Measure-GoBinary tells, beside go tool nm, readelf and programs that were really linked otherwise.</summary>
[Trait("Speed", "Slow")]
public sealed class MeasuredBinaryTests(SizedPrograms programs) : IClassFixture<SizedPrograms>
{
    [ToolFact(NewerGo.Go126, NewerGo.Go127)]
    public void Programs_of_newer_Go_are_among_them() =>
        Assert.Equal(["go-1.26", "go-1.27"], SizedPrograms.Toolchains.Select(Path.GetFileName).TakeLast(2));

    [Theory]
    [MemberData(nameof(SizedPrograms.Builds), MemberType = typeof(SizedPrograms))]
    public void Every_byte_is_counted_once_by_every_dimension(string toolchain, string variant)
    {
        string path = programs.Build(toolchain, variant);
        long length = new FileInfo(path).Length;

        MeasuredBinary binary = MeasuredBinary.Read(path);

        Assert.All(Enum.GetValues<SizeDimension>(), by =>
        {
            IReadOnlyList<SizeShare> shares = binary.Shares(by);
            Assert.Equal(length, shares.Sum(share => share.Length));
            Assert.All(shares, share => Assert.True(share.Length > 0, share.Name));
        });
        Assert.InRange(binary.Shares(SizeDimension.Kind).Where(k => k.Name == "Unknown").Sum(k => k.Share), 0, 0.001);
    }

    [Theory]
    [MemberData(nameof(SizedPrograms.Builds), MemberType = typeof(SizedPrograms))]
    public void Code_of_packages_is_what_go_tool_nm_sums(string toolchain, string variant)
    {
        string path = programs.Build(toolchain, variant);
        var expected = new Dictionary<string, long>();
        foreach (string line in Programs.Output(SizedPrograms.Go(toolchain), ["tool", "nm", "-size", path]).Split('\n'))
        {
            // "  46f3c0       1234 T main.main": address, size, type, name. macOS puts C's underscore before the name.
            string[] part = line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries);
            if (part.Length == 4 && part[2] is "T" or "t")
            {
                string name = variant.StartsWith("darwin", StringComparison.Ordinal) ? part[3].TrimStart('_') : part[3];
                string package = GoFunction.PackageOf(name.Trim());
                expected[package] = expected.GetValueOrDefault(package) + long.Parse(part[1], CultureInfo.InvariantCulture);
            }
        }

        Dictionary<string, SizeShare> shares = MeasuredBinary.Read(path).Shares(SizeDimension.Package).ToDictionary(share => share.Name);

        KeyValuePair<string, long>[] large = [.. expected.Where(package => package.Key.Length > 0 && package.Value > 10 * 1024)];
        Assert.True(large.Length >= 3);

        // Symbols of macOS, 386 and Windows have no size of their own: nm takes what lies before the next one, filling included.
        double tolerance = variant is "darwin-arm64" or "windows-amd64" ? 0.2 : 0.05;
        Assert.All(large, package => Assert.InRange(
            shares[package.Key].Code, (long)(package.Value * (1 - tolerance)), (long)(package.Value * (1 + tolerance))));
    }

    [Theory]
    [MemberData(nameof(SizedPrograms.Internal), MemberType = typeof(SizedPrograms))]
    public void A_stripped_program_gives_the_numbers_of_the_unstripped_one(string toolchain, string variant)
    {
        IEnumerable<(string, long, long, long)> Packages(string flags) =>
            MeasuredBinary.Read(programs.Build(toolchain, variant, flags)).Shares(SizeDimension.Package)
                .Where(share => !share.Name.StartsWith('('))
                .Select(share => (share.Name, share.Length, share.Code, share.Types));

        Assert.Equal(Packages(""), Packages("-s"));
    }

    [Theory]
    [MemberData(nameof(SizedPrograms.Builds), MemberType = typeof(SizedPrograms))]
    public void What_strip_flags_save_is_predicted_to_the_byte(string toolchain, string variant)
    {
        SizeReport report = MeasuredBinary.Read(programs.Build(toolchain, variant)).Report();

        foreach (string flag in new[] { "-w", "-s" })
        {
            SizePrediction prediction = report.Predictions.Single(one => one.Change == "-ldflags=" + flag);
            long real = new FileInfo(programs.Build(toolchain, variant, flag)).Length;
            if (prediction.IsExact)
            {
                Assert.Equal(real, prediction.Length);
            }
            else
            {
                // GNU ld's -w: what C has of debug information stays before Go 1.26.
                Assert.Equal("-w", flag);
                Assert.InRange(real - prediction.Length!.Value, -300, 20_000);
            }

            Assert.Equal(report.Length - prediction.Length, prediction.Saving);
        }
    }

    [Theory]
    [MemberData(nameof(SizedPrograms.Builds), MemberType = typeof(SizedPrograms))]
    public void A_stripped_program_has_nothing_to_strip(string toolchain, string variant)
    {
        SizeReport report = MeasuredBinary.Read(programs.Build(toolchain, variant, "-s")).Report();

        Assert.False(report.HasDwarf);
        Assert.All(report.Predictions.Where(one => one.Change is "-ldflags=-w" or "-ldflags=-s"), one => Assert.Equal(0, one.Saving));
    }

    // The header by hand (mach-o/fat.h): the magic and the count, then for each architecture its type and subtype, offset,
    // size and alignment, all big-endian.
    [ToolFact("go")]
    public void A_universal_file_has_a_program_for_each_architecture()
    {
        byte[][] parts = [.. new[] { "darwin-arm64", "darwin-arm64" }.Select((variant, i) =>
            File.ReadAllBytes(programs.Build("go", variant, i == 0 ? "" : "-s")))];
        const int Aligned = 0x4000;
        using var folder = new TemporaryDirectory();
        string path = Path.Combine(folder.Path, "universal");
        using (FileStream file = File.Create(path))
        {
            Span<byte> head = stackalloc byte[8 + (2 * 20)];
            BinaryPrimitives.WriteUInt32BigEndian(head, 0xCAFEBABE);
            BinaryPrimitives.WriteUInt32BigEndian(head[4..], 2);
            long at = Aligned;
            for (int i = 0; i < parts.Length; i++)
            {
                Span<byte> entry = head[(8 + (20 * i))..];
                BinaryPrimitives.WriteUInt32BigEndian(entry, 0x0100000C);
                BinaryPrimitives.WriteUInt32BigEndian(entry[8..], (uint)at);
                BinaryPrimitives.WriteUInt32BigEndian(entry[12..], (uint)parts[i].Length);
                BinaryPrimitives.WriteUInt32BigEndian(entry[16..], 14);
                file.Position = at;
                file.Write(parts[i]);
                at = (file.Position + Aligned - 1) / Aligned * Aligned;
            }

            file.Position = 0;
            file.Write(head);
        }

        IReadOnlyList<MeasuredBinary> all = MeasuredBinary.ReadAll(path);

        Assert.Equal(parts.Select(part => (long)part.Length), all.Select(binary => binary.Length));
        Assert.Equal(
            MeasuredBinary.Read(programs.Build("go", "darwin-arm64")).Shares(SizeDimension.Package).Select(share => (share.Name, share.Length)),
            all[0].Shares(SizeDimension.Package).Select(share => (share.Name, share.Length)));
        Assert.Equal("SizeUniversal", Assert.Throws<GoCrossException>(() => MeasuredBinary.Read(path)).ErrorId);
    }

    [ToolTheory("go")]
    [InlineData("linux/amd64", "")]
    [InlineData("linux/amd64", "-buildmode=pie")]
    [InlineData("linux/386", "")]
    [InlineData("windows/amd64", "")]
    [InlineData("darwin/arm64", "")]
    public void Embedded_files_are_named_with_their_lengths(string target, string mode)
    {
        using var folder = new TemporaryDirectory();
        string program = Path.Combine(folder.Path, "program");
        Directory.CreateDirectory(Path.Combine(folder.Path, "files", "deeper"));
        File.WriteAllText(Path.Combine(folder.Path, "go.mod"), "module example.com/embedded\n\ngo 1.21\n");
        File.WriteAllText(Path.Combine(folder.Path, "files", "small.txt"), "a small text");
        File.WriteAllText(Path.Combine(folder.Path, "files", "empty.txt"), "");
        byte[] large = new byte[70_000];
        new Random(2).NextBytes(large);
        File.WriteAllBytes(Path.Combine(folder.Path, "files", "deeper", "large.bin"), large);
        File.WriteAllText(Path.Combine(folder.Path, "main.go"), """
            package main

            import (
            	"embed"
            	"os"
            )

            //go:embed files
            var files embed.FS

            func main() {
            	data, _ := files.ReadFile(os.Args[1])
            	os.Stdout.Write(data)
            }
            """);
        Programs.Output(
            "go",
            ["build", "-trimpath", "-ldflags=-s", .. mode.Length == 0 ? Array.Empty<string>() : [mode], "-o", program, "."],
            folder.Path,
            new Dictionary<string, string?>
            {
                ["GOOS"] = target.Split('/')[0], ["GOARCH"] = target.Split('/')[1], ["CGO_ENABLED"] = "0", ["GOFLAGS"] = "",
                ["GOWORK"] = "off", ["GOTOOLCHAIN"] = "local",
            });

        MeasuredBinary binary = MeasuredBinary.Read(program);

        Assert.Equal(
            [new EmbeddedFile("files/deeper/large.bin", 70_000), new EmbeddedFile("files/small.txt", 12)], binary.Report().EmbeddedFiles);
        Assert.Equal(70_012, binary.Shares(SizeDimension.Kind).Single(kind => kind.Name == "EmbeddedFiles").Length);
        Assert.Equal(binary.Length, binary.Shares(SizeDimension.Kind).Sum(kind => kind.Length));
    }

    [ToolFact("go")]
    public void Smaller_pages_save_what_was_predicted()
    {
        SizePrediction pages = MeasuredBinary.Read(programs.Build("go", "linux-arm64", "-s")).Report()
            .Predictions.Single(one => one.Change == "-ldflags=-R=4096");

        Assert.True(pages.IsExact);
        Assert.Equal(new FileInfo(programs.Build("go", "linux-arm64", "-s -R=4096")).Length, pages.Length);
        Assert.DoesNotContain(
            MeasuredBinary.Read(programs.Build("go", "linux-amd64", "-s")).Report().Predictions, one => one.Change == "-ldflags=-R=4096");
    }

    [ToolFact("go", "readelf")]
    public void Sections_are_those_of_readelf_without_what_is_not_in_the_file()
    {
        string path = programs.Build("go", "linux-amd64");
        var expected = new Dictionary<string, long>();
        foreach (string line in Programs.Output("readelf", ["-SW", path]).Split('\n').Where(line => line.Contains(']')))
        {
            // "[ 1] .text PROGBITS 0000000000401000 001000 24c2d1 ...".
            string[] part = line.Split(']')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (part.Length > 4 && part[0].StartsWith('.') && part[1] != "NOBITS")
            {
                expected[part[0]] = long.Parse(part[4], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }

        IReadOnlyList<SizeShare> shares = MeasuredBinary.Read(path).Shares(SizeDimension.Section);

        Assert.Equal(
            expected.Where(section => section.Value > 0).OrderBy(section => section.Key, StringComparer.Ordinal),
            shares.Where(share => share.Name.StartsWith('.')).OrderBy(share => share.Name, StringComparer.Ordinal)
                .Select(share => KeyValuePair.Create(share.Name, share.Length)));
    }

    [ToolFact("go", "upx")]
    public void What_UPX_makes_of_it_is_estimated_within_what_the_reason_says()
    {
        string path = programs.Build("go", "linux-amd64", "-s");
        string packed = path + ".upx";
        Programs.Output("upx", ["-q", "-o", packed, path]);

        SizePrediction estimate = MeasuredBinary.Read(path, estimateUpx: true).Report().Predictions.Single(one => one.Change == "upx");

        Assert.False(estimate.IsExact);
        Assert.InRange(estimate.Length!.Value / (double)new FileInfo(packed).Length, 0.95, 1.05);

        // Of the packed file there are the numbers of the program in it.
        MeasuredBinary inside = MeasuredBinary.Read(packed);
        Assert.Equal((new FileInfo(path).Length, new FileInfo(packed).Length), (inside.Length, inside.PackedLength));
        Assert.Equal(
            MeasuredBinary.Read(path).Shares(SizeDimension.Package).Select(share => (share.Name, share.Length)),
            inside.Shares(SizeDimension.Package).Select(share => (share.Name, share.Length)));
    }

    [ToolFact("go")]
    public void Reflection_with_a_name_that_is_not_constant_keeps_methods()
    {
        using var folder = new GoCross.Files.TemporaryDirectory();
        File.WriteAllText(Path.Combine(folder.Path, "go.mod"), "module example.test/reflect\n\ngo 1.19\n");
        string Build(string name)
        {
            File.WriteAllText(Path.Combine(folder.Path, "main.go"), $$"""
                package main

                import (
                    "net/http"
                    "os"
                    "reflect"
                )

                func main() {
                    reflect.ValueOf(http.DefaultClient).MethodByName({{name}}).Call(nil)
                    http.ListenAndServe(os.Args[1], nil)
                }
                """);
            string path = Path.Combine(folder.Path, "out" + name.Length);
            Programs.Output("go", ["build", "-o", path, "."], folder.Path, new Dictionary<string, string?>
            {
                ["CGO_ENABLED"] = "0", ["GOTOOLCHAIN"] = "local", ["GOFLAGS"] = "-mod=mod", ["GOPROXY"] = "off", ["GOOS"] = "linux",
            });
            return path;
        }

        SizeReport constant = MeasuredBinary.Read(Build("\"CloseIdleConnections\"")).Report();
        SizeReport variable = MeasuredBinary.Read(Build("os.Args[2]")).Report();

        Assert.False(constant.KeepsAllMethods);
        Assert.True(variable.KeepsAllMethods);

        // What it really cost is below the code of all methods.
        Assert.InRange(variable.Length - constant.Length, 100_000, 3 * variable.MethodCode);
    }

    [ToolFact("go")]
    public void Growth_between_two_builds_is_that_of_the_files()
    {
        MeasuredBinary small = MeasuredBinary.Read(programs.Build("go", "linux-amd64", "-s"));
        MeasuredBinary large = MeasuredBinary.Read(programs.Build("go", "linux-amd64"));

        IReadOnlyList<SizeShare> changes = SizeGrowth.Compare(small, large, SizeDimension.Kind);

        Assert.Equal(large.Length - small.Length, changes.Sum(change => change.Difference));
        Assert.Equal("Dwarf", changes[0].Name);
        Assert.Equal(0, changes[0].ReferenceLength);
        Assert.True(SizeGrowth.Test(small, large, large.Length - small.Length).Passed);
        Assert.False(SizeGrowth.Test(small, large, large.Length - small.Length - 1).Passed);
        Assert.True(SizeGrowth.Test(large, small, 0).Passed);
    }

    [ToolFact("go")]
    public void Modules_have_their_versions_and_the_standard_library_that_of_Go()
    {
        IReadOnlyList<SizeShare> modules = MeasuredBinary.Read(programs.Build("go", "linux-amd64")).Shares(SizeDimension.Module);

        Assert.Equal(
            GoBuildInfoReader.TryRead(programs.Build("go", "linux-amd64"))!.GoVersion, modules.Single(m => m.Name == "std").Version);
        Assert.Contains(modules, module => module.Name.Contains("hello", StringComparison.Ordinal) && module.Code > 0);
    }

    [ToolFact("go")]
    public void Source_files_have_the_code_of_what_is_inlined_from_them()
    {
        IReadOnlyList<SizeShare> files = MeasuredBinary.Read(programs.Build("go", "linux-amd64")).Shares(SizeDimension.File);

        Assert.Contains(files, file => file.Name == "net/http/server.go" && file.Code > 10_000);

        // Methods of sync/atomic's types are inlined everywhere.
        Assert.Contains(files, file => file.Name == "sync/atomic/type.go" && file.Code > 0);
    }

    [Fact]
    public void What_is_no_Go_program_is_told()
    {
        Assert.Equal("SizeNotGo", Assert.Throws<GoCrossException>(() => MeasuredBinary.Read(typeof(SizeReport).Assembly.Location)).ErrorId);
        Assert.Equal("SizeNotGo", Assert.Throws<GoCrossException>(() => MeasuredBinary.Read(new BytesSource("text"u8.ToArray()))).ErrorId);
    }

    [ToolFact("go")]
    public void Damaged_programs_end_in_an_error_or_in_sums_that_are_right()
    {
        byte[] content = File.ReadAllBytes(programs.Build("go", "linux-amd64", "-s"));
        var random = new Random(1);
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = i % 4 == 0 ? content[..random.Next(64, content.Length)] : (byte[])content.Clone();
            for (int n = 0; n < 200; n++)
            {
                damaged[random.Next(i % 2 == 0 ? Math.Min(4096, damaged.Length) : damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                MeasuredBinary binary = MeasuredBinary.Read(new BytesSource(damaged));
                Assert.All(Enum.GetValues<SizeDimension>(), by => Assert.Equal(damaged.Length, binary.Shares(by).Sum(share => share.Length)));
                binary.Report();
            }
            catch (GoCrossException)
            {
                // Told.
            }
        }
    }
}
