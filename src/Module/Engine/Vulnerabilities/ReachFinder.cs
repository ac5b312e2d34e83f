using GoCross.Formatting;

namespace GoCross.Vulnerabilities;

/// <summary>Finds out how near a program comes to what a report names.</summary>
internal static class ReachFinder
{
    /// <summary>Holds a report's packages and functions against a program.</summary>
    /// <param name="affected">The report's parts whose versions are affected.</param>
    /// <param name="goOS">The program's operating system; null where it is not known: then all are possible.</param>
    /// <param name="goArch">The program's architecture; null where it is not known.</param>
    /// <param name="code">What is linked; null where nobody can tell.</param>
    internal static ReachVerdict Find(IReadOnlyList<OsvAffected> affected, string? goOS, string? goArch, LinkedCode? code)
    {
        // A part that names no package is about the whole module.
        if (affected.Any(part => part.EcosystemSpecific?.Imports is not { Count: > 0 }))
        {
            return new ReachVerdict(VulnerabilityReach.Module, [], Texts.VulnerabilityNoImports);
        }

        OsvImport[] all = [.. affected.SelectMany(part => part.EcosystemSpecific!.Imports!).Where(import => import.Path is not null)];
        OsvImport[] imports = [.. all.Where(import => Allows(import.GoOS, goOS) && Allows(import.GoArch, goArch))];
        if (imports.Length == 0)
        {
            string platforms = string.Join(", ", all.SelectMany(import => (import.GoOS ?? []).Concat(import.GoArch ?? [])).Distinct());
            return new ReachVerdict(
                VulnerabilityReach.WrongPlatform, [], TextFormat.Fill(Texts.VulnerabilityWrongPlatform, platforms, $"{goOS}/{goArch}"));
        }

        if (code is null)
        {
            return new ReachVerdict(VulnerabilityReach.Module, [], Texts.VulnerabilityNoCode);
        }

        return Find(imports, code);
    }

    private static ReachVerdict Find(OsvImport[] imports, LinkedCode code)
    {
        // Most names in Go's own libraries are listed because they call what is vulnerable: each that is there counts.
        string[] symbols =
        [
            .. imports
                .SelectMany(import => (import.Symbols ?? []).Where(symbol => code.HasSymbol(import.Path!, symbol)).Select(symbol => $"{import.Path}.{symbol}"))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        if (symbols.Length > 0)
        {
            SymbolRole role = RoleOf(imports, code);
            string text = role switch
            {
                SymbolRole.Root => Texts.VulnerabilityRootLinked,
                SymbolRole.Derived => Texts.VulnerabilityDerivedLinked,
                _ => Texts.VulnerabilitySymbolLinked,
            };
            return new ReachVerdict(VulnerabilityReach.Symbol, symbols, TextFormat.Fill(text, symbols[0], symbols.Length), role);
        }

        if (imports.FirstOrDefault(import => import.Symbols is not { Count: > 0 } && code.HasPackage(import.Path!)) is { } whole)
        {
            return new ReachVerdict(VulnerabilityReach.Package, [], TextFormat.Fill(Texts.VulnerabilityPackageLinked, whole.Path!));
        }

        OsvImport[] linked = [.. imports.Where(import => code.HasPackage(import.Path!))];
        if (linked.Length == 0)
        {
            return new ReachVerdict(
                VulnerabilityReach.NotLinked, [], TextFormat.Fill(Texts.VulnerabilityPackageNotLinked, string.Join(", ", imports.Select(import => import.Path).Distinct())));
        }

        // Names that Go's analysis gives to initialisers (init#1) are in no program: with them alone the package decides.
        if (linked.FirstOrDefault(import => import.Symbols!.All(symbol => symbol.Contains('#', StringComparison.Ordinal))) is { } initialiser)
        {
            return new ReachVerdict(VulnerabilityReach.Package, [], TextFormat.Fill(Texts.VulnerabilityPackageLinked, initialiser.Path!));
        }

        return code.HasInlined
            ? new ReachVerdict(
                VulnerabilityReach.NotLinked,
                [],
                TextFormat.Fill(Texts.VulnerabilitySymbolsNotLinked, linked.Sum(import => import.Symbols!.Count), linked[0].Path!))
            : new ReachVerdict(VulnerabilityReach.Unknown, [], Texts.VulnerabilityNoInlined);
    }

    // A root that is linked decides; that none is can only be said where all packages tell theirs.
    private static SymbolRole RoleOf(OsvImport[] imports, LinkedCode code) =>
        imports.Any(import => import.Roots?.Any(symbol => code.HasSymbol(import.Path!, symbol)) == true) ? SymbolRole.Root
            : imports.All(import => import.Roots is not null || import.Symbols is not { Count: > 0 }) ? SymbolRole.Derived
            : SymbolRole.Unknown;

    private static bool Allows(IReadOnlyList<string>? allowed, string? actual) =>
        allowed is not { Count: > 0 } || actual is null || allowed.Contains(actual);
}
