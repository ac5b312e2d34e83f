using System.Diagnostics.CodeAnalysis;
using GoCross.Binaries;
using GoCross.Elf;

namespace GoCross.Roots;

/// <summary>All that is known of an ELF file, and whether it starts in a root: a directory, or an image.</summary>
public sealed record RootReport : BinaryReport
{
    /// <summary>Adds to what is known of the file.</summary>
    /// <param name="report">What is known of the file.</param>
    /// <param name="root">The directory or image.</param>
    /// <param name="start">Whether it starts there.</param>
    [SetsRequiredMembers]
    internal RootReport(BinaryReport report, string root, RootStart start)
        : base(report)
    {
        Root = root;
        Start = start;
    }

    /// <summary>The directory or image that it was asked about.</summary>
    public string Root { get; init; }

    /// <summary>Whether it starts where <see cref="Root"/> is the root directory.</summary>
    public Verdict RunsInRoot => Start.RunsInRoot;

    /// <summary>The same as <see cref="RunsInRoot"/>, as tables head it.</summary>
    public Elf.Verdict Starts => RunsInRoot;

    /// <summary>Why it does, does not, or why that cannot be told.</summary>
    public string RunsInRootReason => Start.Reason;

    /// <summary>
    /// What the root lacks: the loader's path, names of libraries, and versions as in libc.so.6 (GLIBC_2.34), in the
    /// order in which the loader comes across them.
    /// </summary>
    public IReadOnlyList<string> MissingInRoot => Start.Missing;

    /// <summary>The same as <see cref="MissingInRoot"/>, as tables head it.</summary>
    public IReadOnlyList<string> Lacks => MissingInRoot;

    /// <summary>The three in one.</summary>
    internal RootStart Start { get; init; }
}
