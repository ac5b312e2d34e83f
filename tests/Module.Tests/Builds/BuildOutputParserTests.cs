using GoCross.Builds;

namespace GoCross.Tests.Builds;

/// <summary>The texts are what go 1.23.5, gcc 12 and binutils 2.40 printed on Debian 12, with folders shortened.</summary>
public sealed class BuildOutputParserTests
{
    [Fact]
    public void Errors_of_go_s_compiler_have_their_place_and_package()
    {
        IReadOnlyList<BuildDiagnostic> errors = Errors("""
            # example.com/x/lib
            lib/lib.go:2:23: cannot use "x" (untyped string constant) as int value in return statement
            lib/lib.go:3:7: not enough arguments in call to f
            	have ()
            	want (int)
            # example.com/x/other
            ../other/o.go:7:2: "os" imported and not used
            ../other/o.go:8:2: too many errors
            """);

        Assert.Collection(
            errors,
            e => AssertIs(e, "lib/lib.go", 2, 23, "cannot use \"x\" (untyped string constant) as int value in return statement", "example.com/x/lib"),
            e => AssertIs(e, "lib/lib.go", 3, 7, "not enough arguments in call to f\nhave ()\nwant (int)", "example.com/x/lib"),
            e => AssertIs(e, "../other/o.go", 7, 2, "\"os\" imported and not used", "example.com/x/other"));
        Assert.Equal("lib/lib.go:3:7: not enough arguments in call to f", errors[1].ToString());
    }

    [Fact]
    public void A_name_that_no_file_can_have_stays_as_it_was_printed()
    {
        BuildDiagnostic error = Assert.Single(Errors("# example.com/x\na\0b.go:2:3: undefined: x\n"));

        Assert.Equal(("a\0b.go", 2, 3), (error.File, error.Line, error.Column));
    }

    [Fact]
    public void Errors_of_gcc_come_without_its_excerpts_and_notes()
    {
        IReadOnlyList<BuildDiagnostic> errors = Errors("""
            # example.com/x/cg
            cg/main.go: In function 'f':
            cg/main.go:3:36: error: 'nope' undeclared (first use in this function)
                3 | // static int f(void) { int unused = nope; return 1 }
                  |                                    ^~~~
            cg/main.go:3:36: note: each undeclared identifier is reported only once for each function it appears in
            cg/main.go:3:50: error: expected ';' before '}' token
            In file included from hello.h:1,
                             from main.go:4:
            hello.h:2:10: fatal error: nothere.h: No such file or directory
            compilation terminated.
            """);

        Assert.Equal(
            [
                "cg/main.go:3:36: 'nope' undeclared (first use in this function)",
                "cg/main.go:3:50: expected ';' before '}' token",
                "hello.h:2:10: nothere.h: No such file or directory",
            ],
            errors.Select(e => e.ToString()));
    }

    [Fact]
    public void Errors_of_the_linker_are_told_without_the_command_that_go_echoes()
    {
        IReadOnlyList<BuildDiagnostic> errors = Errors("""
            # example.com/x/ld2
            /usr/lib/go-1.23/pkg/tool/linux_amd64/link: running gcc failed: exit status 1
            /usr/bin/gcc -m64 -o $WORK/b001/exe/a.out -Wl,--export-dynamic-symbol=_cgo_panic /tmp/go-link-1/go.o -lnosuchlib
            /usr/bin/ld: cannot find -lnosuchlib: No such file or directory
            /usr/bin/ld: /tmp/go-link-4242889212/000001.o: in function `_cgo_2698f4f59da9_Cfunc_nofun':
            /tmp/go-build/main.cgo2.c:54: undefined reference to `nofun'
            /usr/bin/ld: /tmp/go-link-1/000001.o: in function `g':
            main.cgo2.c:(.text+0x1b): undefined reference to `other'
            collect2: error: ld returned 1 exit status

            """);

        Assert.Collection(
            errors,
            e => AssertIs(e, null, null, null, "cannot find -lnosuchlib: No such file or directory", "example.com/x/ld2"),
            e => AssertIs(e, "/tmp/go-build/main.cgo2.c", 54, null, "undefined reference to `nofun'", "example.com/x/ld2"),
            e => AssertIs(e, "main.cgo2.c", null, null, "undefined reference to `other'", "example.com/x/ld2"));
    }

    [Fact]
    public void A_linker_that_says_no_more_is_told_all_the_same()
    {
        IReadOnlyList<BuildDiagnostic> errors = Errors("""
            # example.com/x
            /usr/lib/go-1.23/pkg/tool/linux_amd64/link: running gcc failed: exit status 1
            /usr/bin/gcc -m64 -o $WORK/b001/exe/a.out
            collect2: error: ld returned 1 exit status
            """);

        Assert.Contains(errors, e => e.Message.Contains("running gcc failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("go: go.mod requires go >= 1.99 (running go 1.23.5; GOTOOLCHAIN=local)", "go.mod requires go >= 1.99 (running go 1.23.5; GOTOOLCHAIN=local)")]
    [InlineData("main.main: relocation target main.missing not defined", "main.main: relocation target main.missing not defined")]
    [InlineData("cgo: C compiler \"nogcc\" not found: exec: \"nogcc\": executable file not found in $PATH", "cgo: C compiler \"nogcc\" not found: exec: \"nogcc\": executable file not found in $PATH")]
    [InlineData("gcc: error: unrecognized command-line option '-m64'; did you mean '-mabi'?", "unrecognized command-line option '-m64'; did you mean '-mabi'?")]
    [InlineData("/usr/bin/aarch64-linux-gnu-gcc-12: fatal error: cannot execute 'cc1': execvp: No such file or directory", "cannot execute 'cc1': execvp: No such file or directory")]
    [InlineData("package example.com/x/a\n\timports example.com/x/b\n\timports example.com/x/a: import cycle not allowed", "package example.com/x/a imports example.com/x/b imports example.com/x/a: import cycle not allowed")]
    [InlineData("error obtaining VCS status: exit status 128\n\tUse -buildvcs=false to disable VCS stamping.", "error obtaining VCS status: exit status 128\nUse -buildvcs=false to disable VCS stamping.")]
    public void Messages_that_are_about_no_file_are_told(string output, string message)
    {
        BuildDiagnostic error = Assert.Single(Errors(output));

        AssertIs(error, null, null, null, message, null);
    }

    [Fact]
    public void Assembler_and_module_errors_have_their_place()
    {
        IReadOnlyList<BuildDiagnostic> errors = Errors("""
            go: downloading example.com/y v1.0.0
            # runtime/cgo
            gcc_arm64.S: Assembler messages:
            gcc_arm64.S:30: Error: no such instruction: `stp x29,x30,[sp,'
            imp/main.go:2:8: no required module provides package example.com/nothere/y; to add it:
            	go get example.com/nothere/y
            C:\x\main.go:3:1: syntax error: non-declaration statement outside function body
            """);

        Assert.Collection(
            errors,
            e => AssertIs(e, "gcc_arm64.S", 30, null, "no such instruction: `stp x29,x30,[sp,'", "runtime/cgo"),
            e => AssertIs(e, "imp/main.go", 2, 8, "no required module provides package example.com/nothere/y; to add it:\ngo get example.com/nothere/y", "runtime/cgo"),
            e => AssertIs(e, @"C:\x\main.go", 3, 1, "syntax error: non-declaration statement outside function body", "runtime/cgo"));
    }

    [Fact]
    public void Warnings_of_a_build_that_succeeds_are_no_errors()
    {
        (IReadOnlyList<BuildDiagnostic> errors, IReadOnlyList<BuildDiagnostic> warnings) = Parse(
            """
            # example.com/gocross/hello-cgo
            /usr/bin/ld: /tmp/go-link-2867423023/000002.o: in function `hello_lookup':
            /x/hello-cgo/hello.c:30: warning: Using 'getaddrinfo' in statically linked applications requires at runtime the shared libraries from the glibc version used for linking
            warn/main.go:2:3: warning: #warning hey there [-Wcpp]
                2 | // #warning hey there
            go: warning: "./..." matched no packages
            """,
            succeeded: true);

        Assert.Empty(errors);
        Assert.Equal(
            [
                "/x/hello-cgo/hello.c:30: Using 'getaddrinfo' in statically linked applications requires at runtime the shared libraries from the glibc version used for linking",
                "warn/main.go:2:3: #warning hey there [-Wcpp]",
                "\"./...\" matched no packages",
            ],
            warnings.Select(warning => warning.ToString()));
        Assert.All(warnings, warning => Assert.Equal(DiagnosticSeverity.Warning, warning.Severity));
    }

    [Fact]
    public void What_v_and_x_in_GOFLAGS_print_is_neither_a_warning_nor_the_first_error()
    {
        const string Verbose = """
            WORK=/tmp/go-build123
            internal/goarch
            example.com/x
            mkdir -p $WORK/b001/
            """;

        Assert.Empty(Parse(Verbose, succeeded: true).Warnings);
        Assert.Equal(
            "main.go:4:2: undefined: f",
            Assert.Single(Errors("internal/goarch\nexample.com/x\n# example.com/x\n./main.go:4:2: undefined: f")).ToString().TrimStart('.', '/'));
    }

    private static IReadOnlyList<BuildDiagnostic> Errors(string output) => Parse(output, succeeded: false).Errors;

    private static (IReadOnlyList<BuildDiagnostic> Errors, IReadOnlyList<BuildDiagnostic> Warnings) Parse(string output, bool succeeded)
    {
        var parser = new BuildOutputParser(
            [new GoPackage("example.com/x", "x", "/nowhere/at/all", "/nowhere/at/all", ".")], "/nowhere/go");
        foreach (string line in output.Split('\n'))
        {
            parser.Add(line.TrimEnd('\r'));
        }

        return parser.Complete(succeeded);
    }

    private static void AssertIs(BuildDiagnostic error, string? file, int? line, int? column, string message, string? package)
    {
        Assert.Equal(message, error.Message);
        Assert.Equal((file, line, column, package), (error.File, error.Line, error.Column, error.Package));
        Assert.Equal(DiagnosticSeverity.Error, error.Severity);
    }
}
