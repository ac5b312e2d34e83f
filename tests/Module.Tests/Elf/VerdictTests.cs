using GoCross.Elf;
using GoCross.Errors;

namespace GoCross.Tests.Elf;

/// <summary>
/// How real programs are linked and whether they start in an empty image: said by GoCross, then tried in an empty root.
/// </summary>
public sealed class VerdictTests(BuiltPrograms programs) : IClassFixture<BuiltPrograms>
{
    [ToolFact("go", "unshare")]
    public void A_Go_program_without_cgo_is_static_and_has_no_C_library() =>
        Check(programs.Go("pure", "CGO_ENABLED=0"), ElfLinkage.Static, Verdict.Yes, LibC.None);

    [ToolFact("go", "unshare")]
    public void A_Go_PIE_without_cgo_needs_a_loader_though_it_needs_no_library()
    {
        ElfReport report = Check(
            programs.Go("pure", "CGO_ENABLED=0", "-buildmode=pie"), ElfLinkage.DynamicNoNeeded, Verdict.No, libC: null);
        Assert.Empty(report.Needed);
        Assert.Equal(report.Interpreter, report.MissingFile);
        Assert.True(report.Pie);
    }

    [ToolFact("go", "unshare")]
    public void A_Go_program_that_could_use_cgo_and_does_not_is_static() =>
        Check(programs.Go("pure", "CGO_ENABLED=1"), ElfLinkage.Static, Verdict.Yes, LibC.None);

    [ToolFact("go", "gcc", "unshare")]
    public void A_cgo_program_needs_glibc_2_34_for_the_threads_of_its_runtime()
    {
        ElfReport report = Check(
            programs.Go("cgo", "CGO_ENABLED=1 CC=gcc"), ElfLinkage.Dynamic, Verdict.No, LibC.Glibc);
        Assert.Contains("libc.so.6", report.Needed);
        if (report.MinimumGlibc >= new Version(2, 34))
        {
            Assert.Contains("pthread_create", report.MinimumGlibcSymbols);
        }
    }

    [ToolFact("go", "gcc", "unshare")]
    public void A_cgo_program_that_is_linked_statically_with_glibc_is_told_from_one_with_musl() =>
        Check(programs.Go("cgo", "CGO_ENABLED=1 CC=gcc", "-ldflags=-s -w -linkmode=external -extldflags=-static"), ElfLinkage.Static, Verdict.Yes, LibC.Glibc);

    [ToolFact("go", "musl-gcc", "unshare")]
    public void A_cgo_program_that_is_linked_statically_with_musl_is_told_from_one_with_glibc() =>
        Check(programs.Go("cgo", "CGO_ENABLED=1 CC=musl-gcc", "-ldflags=-s -w -linkmode=external -extldflags=-static"), ElfLinkage.Static, Verdict.Yes, LibC.Musl);

    [ToolFact("go", "musl-gcc", "unshare")]
    public void A_cgo_program_for_musl_names_musls_loader()
    {
        ElfReport report = Check(
            programs.Go("cgo", "CGO_ENABLED=1 CC=musl-gcc"), ElfLinkage.Dynamic, Verdict.No, LibC.Musl);
        Assert.StartsWith("/lib/ld-musl-", report.MissingFile, StringComparison.Ordinal);
        Assert.Null(report.MinimumGlibc);
    }

    [ToolFact("go", "gcc", "unshare")]
    public void A_Go_library_for_C_is_a_library()
    {
        ElfReport report = ElfInspector.Inspect(programs.Go("shared", "CGO_ENABLED=1 CC=gcc", "-buildmode=c-shared"));
        Assert.Equal((ElfLinkage.SharedObject, Verdict.No), (report.Linkage, report.RunsInScratch));
        CheckInEmptyRoot(report.Path, report);
    }

    [UnixFact]
    public void A_script_is_none_and_does_not_start()
    {
        string script = programs.Script();

        GoCrossException error = Assert.Throws<GoCrossException>(() => ElfInspector.Inspect(script));

        Assert.Equal("NotElfScript", error.ErrorId);
        Assert.Contains("/bin/sh", error.Message, StringComparison.Ordinal);
        Assert.False(EmptyRoot.IsPossible && EmptyRoot.Starts(script));
    }

    [ToolFact("go")]
    public void A_Go_program_for_another_system_does_not_run_in_a_container()
    {
        ElfReport report = ElfInspector.Inspect(programs.Go("pure", "CGO_ENABLED=0 GOOS=freebsd GOARCH=amd64"));
        Assert.Equal(
            ("freebsd", ElfLinkage.Static, Verdict.No), (report.OperatingSystem, report.Linkage, report.RunsInScratch));
    }

    [ToolTheory("go")]
    [InlineData("arm64", "EM_AARCH64")]
    [InlineData("s390x", "EM_S390")]
    public void A_Go_program_for_another_machine_is_read_all_the_same(string architecture, string machine)
    {
        ElfReport report = ElfInspector.Inspect(programs.Go("pure", $"CGO_ENABLED=0 GOOS=linux GOARCH={architecture}"));
        Assert.Equal((machine, architecture), (report.Machine, report.Architecture));
        Assert.Equal((ElfLinkage.Static, Verdict.Yes, LibC.None), (report.Linkage, report.RunsInScratch, report.LibC));
    }

    [ToolFact("gcc", "unshare")]
    public void A_static_C_program_is_static()
    {
        ElfReport report = Check(programs.C("gcc", "hello.c", "-static"), ElfLinkage.Static, Verdict.Yes, LibC.Glibc);
        Assert.Equal("NT_GNU_ABI_TAG", report.LibCEvidence);
    }

    [ToolFact("gcc", "unshare")]
    public void A_static_PIE_is_told_from_a_library() =>
        Check(programs.C("gcc", "hello.c", "-static-pie"), ElfLinkage.StaticPie, Verdict.Yes, LibC.Glibc);

    [ToolFact("gcc", "unshare")]
    public void A_dynamic_C_program_needs_its_loader() =>
        Check(programs.C("gcc", "hello.c"), ElfLinkage.Dynamic, Verdict.No, LibC.Glibc);

    [ToolFact("musl-gcc", "unshare")]
    public void A_static_C_program_with_musl_is_static() =>
        Check(programs.C("musl-gcc", "hello.c", "-static"), ElfLinkage.Static, Verdict.Yes, LibC.Musl);

    [ToolFact("musl-gcc", "unshare")]
    public void A_dynamic_C_program_with_musl_needs_its_loader() =>
        Check(programs.C("musl-gcc", "hello.c"), ElfLinkage.Dynamic, Verdict.No, LibC.Musl);

    [ToolFact("musl-gcc", "unshare")]
    public void What_musl_gcc_makes_of_static_pie_is_what_it_is()
    {
        // Debian's wrapper silently links it dynamically; other systems' do not.
        string program = programs.C("musl-gcc", "hello.c", "-static-pie");
        ElfReport report = ElfInspector.Inspect(program);
        Assert.Equal(report.Interpreter is null ? Verdict.Yes : Verdict.No, report.RunsInScratch);
        Assert.Equal(LibC.Musl, report.LibC);
        CheckInEmptyRoot(program, report);
    }

    [ToolFact("gcc")]
    public void A_C_library_is_a_library()
    {
        ElfReport report = ElfInspector.Inspect(programs.C("gcc", "lib.c", "-shared", "-fPIC", "-Wl,-soname,libanswer.so.1"));
        Assert.Equal(
            (ElfLinkage.SharedObject, Verdict.No, "libanswer.so.1"), (report.Linkage, report.RunsInScratch, report.SoName));
    }

    [ToolFact("gcc")]
    public void An_object_file_is_one() =>
        Assert.Equal(ElfLinkage.Relocatable, ElfInspector.Inspect(programs.C("gcc", "lib.c", "-c")).Linkage);

    [ToolFact("gcc", "unshare")]
    public void A_PIE_that_lost_its_loader_is_broken() =>
        Check(
            programs.C("gcc", "hello.c", "-pie", "-Wl,--no-dynamic-linker"),
            ElfLinkage.Broken, Verdict.No, libC: null);

    [ToolFact("gcc", "objcopy")]
    public void A_file_with_only_debug_information_is_told_from_its_program()
    {
        string program = programs.C("gcc", "hello.c", "-g");
        string debug = program + ".debug";
        Programs.Output("objcopy", ["--only-keep-debug", program, debug]);
        ElfReport whole = ElfInspector.Inspect(program);
        ElfReport report = ElfInspector.Inspect(debug);
        Assert.Equal((false, true), (whole.Stripped, whole.HasDwarf));
        Assert.Equal((ElfLinkage.DebugInfo, Verdict.No, true), (report.Linkage, report.RunsInScratch, report.HasDwarf));
        Assert.Equal(whole.BuildId, report.BuildId);
    }

    [ToolFact("go", "upx", "unshare")]
    public void Of_a_packed_program_only_the_packing_is_told()
    {
        string program = programs.Go("pure", "CGO_ENABLED=0");
        ElfReport report = Check(programs.Pack(program), ElfLinkage.PackedUnknown, Verdict.Unknown, LibC.Unknown);
        Assert.Equal(ElfPacker.Upx, report.Packed);
        Assert.Equal(new FileInfo(program).Length, report.UnpackedLength);

        // This one does start, the next does not, and no header tells one from the other.
        Assert.True(!EmptyRoot.IsPossible || EmptyRoot.Starts(report.Path));
    }

    [ToolFact("go", "gcc", "upx", "unshare")]
    public void A_packed_dynamic_program_is_not_called_static()
    {
        string program = programs.Go("cgo", "CGO_ENABLED=1 CC=gcc");
        ElfReport report = Check(programs.Pack(program), ElfLinkage.PackedUnknown, Verdict.Unknown, LibC.Unknown);
        Assert.Null(report.Interpreter);
        Assert.Equal(new FileInfo(program).Length, report.UnpackedLength);
        Assert.False(EmptyRoot.IsPossible && EmptyRoot.Starts(report.Path));
    }

    [ToolFact("gcc", "unshare")]
    public void A_program_that_was_cut_off_is_broken() =>
        Check(programs.CutOff(programs.C("gcc", "hello.c", "-static")), ElfLinkage.Broken, Verdict.No, libC: null);

    [ToolTheory("gcc")]
    [InlineData(ElfRelro.Full, true, true, "-Wl,-z,relro,-z,now")]
    [InlineData(ElfRelro.Partial, false, true, "-Wl,-z,relro,-z,lazy")]
    [InlineData(ElfRelro.None, false, true, "-Wl,-z,norelro,-z,lazy")]
    [InlineData(ElfRelro.Partial, false, false, "-Wl,-z,relro,-z,lazy,-z,execstack")]
    public void Hardening_is_what_the_linker_was_told(ElfRelro relro, bool bindNow, bool noExecute, string flag)
    {
        ElfReport report = ElfInspector.Inspect(programs.C("gcc", "hello.c", flag));
        Assert.Equal((relro, bindNow, noExecute), (report.Relro, report.BindNow, report.NoExecuteStack));
    }

    [ToolTheory("gcc")]
    [InlineData(true, "-fstack-protector-all")]
    [InlineData(false, "-fno-stack-protector")]
    public void A_stack_canary_is_seen(bool expected, string flag) =>
        Assert.Equal(expected, ElfInspector.Inspect(programs.C("gcc", "hello.c", flag)).StackCanary);

    [ToolTheory("gcc")]
    [InlineData(true, "-pie", "-fPIE")]
    [InlineData(false, "-no-pie", "-fno-pie")]
    public void A_program_for_any_address_is_told_from_one_for_its_own(bool expected, params string[] flags) =>
        Assert.Equal(expected, ElfInspector.Inspect(programs.C("gcc", "hello.c", flags)).Pie);

    private static ElfReport Check(string program, ElfLinkage linkage, Verdict verdict, LibC? libC)
    {
        ElfReport report = ElfInspector.Inspect(program);
        Assert.Equal((linkage, verdict), (report.Linkage, report.RunsInScratch));
        Assert.NotEmpty(report.Reason);
        Assert.True(libC is null || libC == report.LibC, $"{report.LibC}: {report.LibCEvidence}");
        CheckInEmptyRoot(program, report);
        return report;
    }

    private static void CheckInEmptyRoot(string program, ElfReport report)
    {
        if (EmptyRoot.IsPossible && report.RunsInScratch != Verdict.Unknown)
        {
            Assert.Equal(report.RunsInScratch == Verdict.Yes, EmptyRoot.Starts(program));
        }
    }
}
