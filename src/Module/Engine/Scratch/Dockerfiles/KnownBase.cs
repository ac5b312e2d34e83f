using GoCross.Elf;
using GoCross.Errors;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Roots;
using GoCross.Targets;

namespace GoCross.Scratch;

/// <summary>An image to start from, with what is in it already: what it has is not added again.</summary>
/// <param name="Reference">Its name, as FROM has it.</param>
/// <param name="Reason">Why it, and what it costs.</param>
internal sealed record KnownBase(string Reference, string Reason)
{
    /// <summary>The name of the image that holds nothing.</summary>
    internal const string Scratch = "scratch";

    private const string DistrolessStatic = "gcr.io/distroless/static-debian12:nonroot";
    private const string DistrolessBase = "gcr.io/distroless/base-debian12:nonroot";
    private const string DistrolessCc = "gcr.io/distroless/cc-debian12:nonroot";
    private const string Debian = "debian:bookworm-slim";
    private const int Nobody = 65534;

    /// <summary>The glibc of Debian 12, which all of them have.</summary>
    private static readonly Version DebianGlibc = new(2, 36);

    private static readonly string[] OfGlibc =
    [
        "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2", "libutil.so.1", "libanl.so.1",
        "libnss_files.so.2", "libnss_dns.so.2", "libnss_compat.so.2",
    ];

    private static readonly string[] OfOpenSsl = ["libssl.so.3", "libcrypto.so.3"];
    private static readonly string[] OfCompiler = ["libgcc_s.so.1", "libstdc++.so.6", "libgomp.so.1"];

    /// <summary>What Debian 12's essential and required packages have beside glibc: all that is in the image.</summary>
    private static readonly string[] OfDebian =
    [
        "libacl.so.1", "libattr.so.1", "libaudit.so.1", "libblkid.so.1", "libbz2.so.1.0", "libcap-ng.so.0", "libcap.so.2",
        "libcom_err.so.2", "libcrypt.so.1", "libdb-5.3.so", "libe2p.so.2", "libext2fs.so.2", "libffi.so.8", "libgcc_s.so.1",
        "libgcrypt.so.20", "libgmp.so.10", "libgnutls.so.30", "libgpg-error.so.0", "libhogweed.so.6", "libidn2.so.0", "liblz4.so.1",
        "liblzma.so.5", "libmd.so.0", "libmount.so.1", "libmvec.so.1", "libnettle.so.8", "libnsl.so.1", "libp11-kit.so.0",
        "libpam.so.0", "libpam_misc.so.0", "libpamc.so.0", "libpcre2-8.so.0", "libpsx.so.2", "libseccomp.so.2", "libselinux.so.1",
        "libsemanage.so.2", "libsepol.so.2", "libsmartcols.so.1", "libss.so.2", "libstdc++.so.6", "libsystemd.so.0",
        "libtasn1.so.6", "libtic.so.6", "libtinfo.so.6", "libudev.so.1", "libunistring.so.2", "libuuid.so.1", "libxxhash.so.0",
        "libz.so.1", "libzstd.so.1",
    ];

    /// <summary>What kinds of needs it meets.</summary>
    internal IReadOnlyList<RuntimeNeedKind> Has { get; private init; } = [];

    /// <summary>The libraries that it is known to have.</summary>
    internal IReadOnlyList<string> Libraries { get; private init; } = [];

    /// <summary>The numbers of the users that its passwd names.</summary>
    internal IReadOnlyList<int> Users { get; private init; } = [];

    /// <summary>The architectures that it is made for, in Go's words; empty for all.</summary>
    internal IReadOnlyList<string> Architectures { get; private init; } = [];

    /// <summary>Whether there is a shell in it.</summary>
    internal bool HasShell => Reference == Debian;

    /// <summary>Whether it holds nothing.</summary>
    internal bool IsScratch => Reference == Scratch;

    /// <summary>Whether it meets a need, for a container that runs as a user.</summary>
    internal bool Meets(RuntimeNeed need, ContainerUser user) => need.Kind switch
    {
        RuntimeNeedKind.UserDatabase or RuntimeNeedKind.HomeDirectory => Users.Contains(user.UserId),
        RuntimeNeedKind.SharedLibrary => Libraries.Contains(need.Path),
        _ => Has.Contains(need.Kind),
    };

    /// <summary>The image for a choice.</summary>
    /// <param name="choice">What the user asked for: a kind of image, or that the programs decide.</param>
    /// <param name="programs">The programs: for each platform one.</param>
    internal static KnownBase For(ImageBase choice, IReadOnlyList<ScratchProgram> programs)
    {
        ScratchProgram? dynamic = programs.FirstOrDefault(program => program.IsDynamic);
        if (choice == ImageBase.Scratch)
        {
            return new KnownBase(Scratch, string.Empty);
        }

        string image = choice == ImageBase.DebianSlim ? Debian
            : dynamic is null ? DistrolessStatic
            : programs.Any(program => LibrariesOf(program).Any(OfCompiler.Contains)) ? DistrolessCc
            : DistrolessBase;
        return choice == ImageBase.DebianSlim
            ? new KnownBase(image, DebianReason(dynamic))
            {
                Has = [RuntimeNeedKind.Loader, RuntimeNeedKind.TimeZones, RuntimeNeedKind.TemporaryDirectory],
                Libraries = [.. OfGlibc, .. OfDebian],
                Users = [0, Nobody],
                Architectures = ["386", "amd64", "arm", "arm64", "mips64le", "ppc64le", "s390x"],
            }
            : new KnownBase(image, DistrolessReason(dynamic))
            {
                Has =
                [
                    .. dynamic is null ? [] : (RuntimeNeedKind[])[RuntimeNeedKind.Loader],
                    RuntimeNeedKind.CaCertificates, RuntimeNeedKind.TimeZones, RuntimeNeedKind.TemporaryDirectory,
                ],
                Libraries = dynamic is null ? [] : image == DistrolessCc ? [.. OfGlibc, .. OfOpenSsl, .. OfCompiler] : [.. OfGlibc, .. OfOpenSsl],
                Users = [0, Nobody, ContainerUser.NonRoot.UserId],
                Architectures = ["amd64", "arm", "arm64", "ppc64le", "s390x"],
            };
    }

    /// <summary>What is to be said of programs that may not start in it.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="options">Whether one that does not start is warned of and no error.</param>
    /// <exception cref="GoCrossException">BaseWithoutMusl; BaseGlibcTooOld; ProgramCannotStart.</exception>
    internal IReadOnlyList<string> Check(IReadOnlyList<ScratchProgram> programs, ScratchOptions options)
    {
        List<string> warnings = [];
        foreach (ScratchProgram program in IsScratch ? [] : programs)
        {
            if (!Architectures.Contains(program.Platform.Architecture))
            {
                warnings.Add($"{Reference} is not known to be made for {program.Platform}.");
            }

            if (Refusal(program) is { } refusal)
            {
                warnings.Add(options.AllowsFailure ? refusal.Message : throw refusal);
            }
            else if (LibrariesOf(program).Where(library => !Libraries.Contains(library)).Concat(OtherLoader(program)).ToArray() is { Length: > 0 } missing)
            {
                string reason = TextFormat.Fill(Texts.ScratchBaseLacks, string.Join(", ", missing), Reference);
                ScratchContents.RequireStart(program, new RootStart(Verdict.No, reason, missing), options, warnings);
            }
        }

        return warnings;
    }

    private static IEnumerable<string> LibrariesOf(ScratchProgram program) => program.Needs
        .Where(need => need is { Kind: RuntimeNeedKind.SharedLibrary, Required: true })
        .Select(need => need.Path);

    // The loader of a program that is not made for Debian's glibc, such as Android's and those of Nix. ARM has two, and variants do not tell which.
    private static string[] OtherLoader(ScratchProgram program) => program is { Interpreter: { } loader, Platform.Architecture: not "arm" }
        && CrossPlatform.OfLinux(program.Platform.Architecture, variant: null) is { } names && names.GlibcLoader != loader ? [loader] : [];

    private GoCrossException? Refusal(ScratchProgram program)
    {
        if (program.Interpreter is { } loader && program.LibC == LibC.Musl)
        {
            return GoCrossException.Create(ErrorKind.VerificationFailed, nameof(Messages.BaseWithoutMusl), program.Path, loader, Reference);
        }

        return program is { IsDynamic: true, MinimumGlibc: { } floor } && floor > DebianGlibc
            ? GoCrossException.Create(
                ErrorKind.VerificationFailed, nameof(Messages.BaseGlibcTooOld), program.Path, floor, Reference, DebianGlibc)
            : null;
    }

    private static string DistrolessReason(ScratchProgram? dynamic) => dynamic is null
        ? "Distroless, as was asked for. The program is static and would start in an image made from scratch, which is 2 MiB "
            + "smaller and has nothing to patch; this one has certificates, time zones, users and /tmp, which its makers keep "
            + "up to date."
        : $"Distroless, as was asked for: {dynamic.ScratchReason} It has glibc 2.36 and no shell. From scratch the image would have the "
            + "same libraries, copied from this machine, and nobody to update them; a static program needs none of them.";

    private static string DebianReason(ScratchProgram? dynamic) => dynamic is null
        ? "Debian, as was asked for. The program is static and would start in an image made from scratch, which is some 75 MiB "
            + "smaller; this one has a shell and apt to look around with, and packages that want updates."
        : $"Debian, as was asked for: {dynamic.ScratchReason} It has glibc 2.36, and apt for libraries that are missing, in some "
            + "75 MiB; distroless has glibc in some 20 MiB, with no shell.";
}
