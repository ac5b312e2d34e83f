using System.Buffers.Binary;
using System.Diagnostics;

namespace GoCross.Fuzz;

/// <summary>
/// Makes the files to damage, with the compilers that are at hand: both widths and both byte orders of ELF, PE, Mach-O;
/// dynamic, static and packed programs, libraries, object files; programs of C and of Go.
/// </summary>
public static class FuzzSeeds
{
    /// <summary>How many there are where all compilers are.</summary>
    public const int Complete = 20;

    private const string HelloC = "#include <stdio.h>\nint main(void) { puts(\"ready\"); return 0; }\n";
    private const string LibraryC = "int old(void) { return 1; }\nint new(void) { return 2; }\n";
    private const string Versions = "V_1 { global: old; local: *; };\nV_2 { global: new; } V_1;\n";
    private const string HelloGo = "package main\n\nfunc main() { println(\"ready\") }\n";

    private static readonly (string Name, string Compiler, string Source, string[] Flags)[] CPrograms =
    [
        ("c-dynamic", "gcc", "hello.c", ["-g"]),
        ("c-library", "gcc", "lib.c", ["-shared", "-fPIC", "-Wl,-soname,libx.so.1,--version-script=versions", "-Wl,-rpath,$ORIGIN/x"]),
        ("c-object", "gcc", "lib.c", ["-c", "-ffunction-sections"]),
        ("c-static", "gcc", "hello.c", ["-static", "-s"]),
        ("c-static-pie", "gcc", "hello.c", ["-static-pie", "-s"]),
        ("c-arm64", "aarch64-linux-gnu-gcc", "hello.c", ["-Wl,--hash-style=sysv"]),
        ("c-musl", "musl-gcc", "hello.c", []),
        ("c-musl-static", "musl-gcc", "hello.c", ["-static"]),
    ];

    private static readonly (string Name, string OS, string Architecture, string[] Flags)[] GoPrograms =
    [
        ("go-amd64", "linux", "amd64", []),
        ("go-386", "linux", "386", []),
        ("go-mips", "linux", "mips", []),
        ("go-s390x", "linux", "s390x", []),
        ("go-pie", "linux", "amd64", ["-buildmode=pie"]),
        ("go-windows-amd64", "windows", "amd64", []),
        ("go-windows-386", "windows", "386", []),
        ("go-darwin-arm64", "darwin", "arm64", []),
    ];

    /// <summary>Makes them.</summary>
    /// <param name="folder">An empty folder to work in.</param>
    /// <param name="find">Gives the path of a program, or null where it is not installed; then its files are left out.</param>
    public static IReadOnlyList<FuzzSeed> Make(string folder, Func<string, string?> find)
    {
        File.WriteAllText(Path.Combine(folder, "hello.c"), HelloC);
        File.WriteAllText(Path.Combine(folder, "lib.c"), LibraryC);
        File.WriteAllText(Path.Combine(folder, "versions"), Versions);
        WriteGo(folder);
        var seeds = new List<FuzzSeed> { new("hand-made-32-big", HandMade()) };
        foreach ((string name, string compiler, string source, string[] flags) in CPrograms)
        {
            if (find(compiler) is { } path)
            {
                Run(path, ["-o", name, source, .. flags], folder);
                seeds.Add(Read(folder, name));
            }
        }

        if (seeds.Find(seed => seed.Name == "c-dynamic") is { } dynamic)
        {
            seeds.Add(new FuzzSeed("c-without-sections", WithoutSections(dynamic.Bytes)));
        }

        if (find("upx") is { } upx && seeds.Exists(seed => seed.Name == "c-static"))
        {
            Run(upx, ["-qq", "-1", "-o", "c-packed", "c-static"], folder);
            seeds.Add(Read(folder, "c-packed"));
        }

        if (find("go") is { } go)
        {
            foreach ((string name, string system, string architecture, string[] flags) in GoPrograms)
            {
                Run(go, ["build", "-ldflags=-s -w", .. flags, "-o", name, "."], folder, system, architecture);
                seeds.Add(Read(folder, name));
            }

            seeds.Add(new FuzzSeed("go-darwin-universal", Universal(File.ReadAllBytes(Path.Combine(folder, "go-darwin-arm64")))));
        }

        return seeds;
    }

    /// <summary>Makes a Go program of the newest layout alone, as Go links it: with all that is there to read.</summary>
    /// <param name="folder">An empty folder to work in.</param>
    /// <param name="go">The path of go.</param>
    public static FuzzSeed MakeGo(string folder, string go)
    {
        WriteGo(folder);
        Run(go, ["build", "-o", "program", "."], folder, "linux", "amd64");
        return Read(folder, "program");
    }

    private static void WriteGo(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "main.go"), HelloGo);
        File.WriteAllText(Path.Combine(folder, "go.mod"), "module example.test/ready\n\ngo 1.21\n");
    }

    private static FuzzSeed Read(string folder, string name) => new(name, File.ReadAllBytes(Path.Combine(folder, name)));

    private static void Run(string program, string[] arguments, string folder, string? system = null, string? architecture = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (system is not null)
        {
            start.Environment["GOOS"] = system;
            start.Environment["GOARCH"] = architecture;
            start.Environment["CGO_ENABLED"] = "0";
            start.Environment["GOWORK"] = "off";
            start.Environment["GOFLAGS"] = "-buildvcs=false";
            start.Environment["GOTOOLCHAIN"] = "local";
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors}{output.Result}");
        }
    }

    // e_shoff, e_shnum and e_shstrndx of an ELF64 file.
    private static byte[] WithoutSections(byte[] bytes)
    {
        byte[] copy = [.. bytes];
        copy.AsSpan(40, 8).Clear();
        copy.AsSpan(60, 4).Clear();
        return copy;
    }

    // fat_header and two fat_arch (cputype, cpusubtype, offset, size, align): the same program twice.
    private static byte[] Universal(byte[] slice)
    {
        const int At = 4096;
        byte[] bytes = new byte[At + slice.Length];
        uint[] words =
        [
            0xCAFEBABE, 2,
            0x0100000C, 0, At, (uint)slice.Length, 12,
            0x01000007, 3, At, (uint)slice.Length, 12,
        ];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i * 4), words[i]);
        }

        slice.CopyTo(bytes, At);
        return bytes;
    }

    // A dynamic program for a big-endian machine of 32 bits, for which no compiler may be at hand (gABI, chapters 4 and
    // 5). All of it lies in one PT_LOAD at address 0, so that an address is an offset.
    private static byte[] HandMade()
    {
        byte[] text = [0, .. "libc.so.6\0GLIBC_2.34\0GLIBC_2.4\0$ORIGIN/../lib\0puts\0/lib/ld.so.1\0"u8];
        int At(string name) => text.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(name + '\0'));
        const int Headers = 52 + (4 * 32);
        int strings = Headers;
        int symbols = Align(strings + text.Length);
        int versions = symbols + 32;
        int needs = Align(versions + 4);
        int hash = needs + 48;
        int note = hash + 20;
        int dynamic = note + 36;
        byte[] needed =
        [
            .. Half(1), .. Half(2), .. Word(At("libc.so.6")), .. Word(16), .. Word(0),
            .. Word(0), .. Half(0), .. Half(2), .. Word(At("GLIBC_2.34")), .. Word(16),
            .. Word(0), .. Half(2), .. Half(3), .. Word(At("GLIBC_2.4")), .. Word(0),
        ];
        int[] entries =
        [
            1, At("libc.so.6"), 29, At("$ORIGIN/../lib"), 5, strings, 10, text.Length, 6, symbols, 11, 16, 4, hash,
            0x6ffffff0, versions, 0x6ffffffe, needs, 0x6fffffff, 1, 24, 0, 0, 0,
        ];
        byte[] section = [.. entries.SelectMany(Word)];
        byte[] body =
        [
            .. text, .. new byte[symbols - strings - text.Length],
            .. new byte[16], .. Word(At("puts")), .. new byte[8], 0x12, 0, .. Half(0),
            .. Half(0), .. Half(2), .. new byte[needs - versions - 4],
            .. needed,
            .. Word(1), .. Word(2), .. Word(1), .. Word(0), .. Word(0),
            .. Word(4), .. Word(20), .. Word(3), .. "GNU\0"u8, .. new byte[20],
            .. section,
        ];
        int size = Headers + body.Length;
        return
        [
            0x7F, .. "ELF"u8, 1, 2, 1, 0, .. new byte[8],
            .. Half(3), .. Half(8), .. Word(1), .. Word(16), .. Word(52), .. Word(0), .. Word(0),
            .. Half(52), .. Half(32), .. Half(4), .. Half(40), .. Half(0), .. Half(0),
            .. Segment(1, 0, size), .. Segment(2, dynamic, section.Length), .. Segment(4, note, 36),
            .. Segment(3, strings + At("/lib/ld.so.1"), "/lib/ld.so.1\0".Length),
            .. body,
        ];

        static int Align(int offset) => (offset + 3) & ~3;
        static byte[] Half(int value) => [(byte)(value >> 8), (byte)value];
        static byte[] Word(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
        static byte[] Segment(int type, int offset, int length) =>
        [
            .. Word(type), .. Word(offset), .. Word(offset), .. Word(offset),
            .. Word(length), .. Word(length), .. Word(4), .. Word(4),
        ];
    }
}
