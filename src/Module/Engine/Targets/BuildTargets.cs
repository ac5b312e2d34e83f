using System.IO.Enumeration;
using GoCross.Errors;
using GoCross.Names;

namespace GoCross.Targets;

/// <summary>Reads targets as users write them: <c>os/arch</c>, <c>os/arch/variant</c>, <c>linux/*</c>, <c>All</c>, <c>FirstClass</c>.</summary>
public static class BuildTargets
{
    /// <summary>Every pair that the toolchain knows.</summary>
    public const string All = "All";

    /// <summary>The pairs that Go's release policy calls first class.</summary>
    public const string FirstClass = "FirstClass";

    private const int NearestCount = 3;

    /// <summary>The targets that some texts name, each once, in their order. A pattern gives the toolchain's order.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="known">The pairs that the toolchain knows.</param>
    /// <exception cref="GoCrossException">TargetMalformed; TargetUnknown; TargetNoMatch; TargetVariantUnknown;
    /// TargetHasNoVariants.</exception>
    public static IReadOnlyList<BuildTarget> Parse(IEnumerable<string> texts, IReadOnlyList<GoTarget> known) =>
        [.. texts.SelectMany(text => ParseOne(text, known)).Distinct()];

    /// <summary>Whether a text stands for as many targets as there are of a kind, and not for one by its name.</summary>
    /// <param name="text">The text, as the user wrote it.</param>
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '?') || IsWord(text, All) || IsWord(text, FirstClass);

    /// <summary>What a word that is being typed can become: targets, the first class first, then patterns; or variants.</summary>
    /// <param name="word">The beginning of a target.</param>
    /// <param name="known">The pairs that the toolchain knows.</param>
    public static IReadOnlyList<TargetSuggestion> Suggest(string word, IReadOnlyList<GoTarget> known)
    {
        string typed = word.ToLowerInvariant();
        int slashes = typed.Count(character => character == '/');
        IEnumerable<TargetSuggestion> all = slashes < 2
            ? known.OrderByDescending(target => target.FirstClass).Select(target => new TargetSuggestion(
                    target.Name,
                    string.Concat(
                        target.Name, target.FirstClass ? ", first class" : null, target.CgoSupported ? null : ", without cgo")))
                .Concat(known.Select(target => target.Os).Distinct()
                    .Select(os => new TargetSuggestion(os + "/*", $"all architectures of {os}")))
                .Append(new TargetSuggestion(All, "every target of the toolchain"))
                .Append(new TargetSuggestion(FirstClass, "the first-class targets"))
            : known.SelectMany(target => (GoVariants.Of(target.Architecture)?.Common ?? []).Select(variant =>
                new TargetSuggestion($"{target.Name}/{variant}", $"{GoVariants.Of(target.Architecture)!.Variable}: {variant}")));
        TargetSuggestion[] begun = [.. all.Where(suggestion => suggestion.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))];
        return begun.Length > 0 ? begun : [.. SuggestByOtherName(typed, known)];
    }

    // linux/aarch64 becomes linux/arm64, and so does arm64 alone.
    private static IEnumerable<TargetSuggestion> SuggestByOtherName(string typed, IReadOnlyList<GoTarget> known) =>
        from target in known
        orderby target.Os != "linux", !target.FirstClass
        from other in ArchitectureNames.OthersOf(target.Architecture).Prepend((Name: target.Architecture, Variant: null))
        where typed.Length > 0
            && (other.Name.StartsWith(typed, StringComparison.Ordinal) || $"{target.Os}/{other.Name}".StartsWith(typed, StringComparison.Ordinal))
        group other by target.Name + (other.Variant is null ? null : $"/{other.Variant}") into same
        select new TargetSuggestion(same.Key, $"{same.Key}, also called {string.Join(", ", same.Select(other => other.Name))}");

    private static BuildTarget[] ParseOne(string text, IReadOnlyList<GoTarget> known)
    {
        if (IsWord(text, All) || IsWord(text, FirstClass))
        {
            return [.. known.Where(target => target.FirstClass || IsWord(text, All)).Select(target => new BuildTarget(target, null))];
        }

        // Go's names are all lower case, and so are variants.
        string[] parts = text.Trim().ToLowerInvariant().Split('/');
        if (parts.Length == 1
            && ArchitectureNames.Normalize(parts[0]) is var alone
            && known.Where(target => target.Architecture == alone.Architecture).MaxBy(target => target.Os == "linux") is { } likely)
        {
            string example = alone.Variant is null ? likely.Name : $"{likely.Name}/{alone.Variant}";
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.TargetWithoutSystem), text, example);
        }

        if (parts.Length is not (2 or 3) || parts.Any(part => part.Length == 0))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.TargetMalformed), text);
        }

        (parts[1], string? implied) = ArchitectureNames.Normalize(parts[1]);
        string name = $"{parts[0]}/{parts[1]}";
        string? variant = parts.Length == 3 ? parts[2] : implied;
        if (!name.AsSpan().ContainsAny('*', '?'))
        {
            GoTarget target = known.FirstOrDefault(target => target.Name == name) ?? throw Unknown(text, name, known);
            return [new BuildTarget(target, variant is null ? null : Variant(text, target, variant))];
        }

        BuildTarget[] matches =
        [
            .. known.Where(target => FileSystemName.MatchesSimpleExpression(parts[0], target.Os)
                    && FileSystemName.MatchesSimpleExpression(parts[1], target.Architecture))
                .Select(target => new BuildTarget(target, variant is null ? null : Variant(text, target, variant))),
        ];
        return matches.Length > 0
            ? matches
            : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.TargetNoMatch), text);
    }

    private static bool IsWord(string text, string word) => text.Trim().Equals(word, StringComparison.OrdinalIgnoreCase);

    private static string Variant(string text, GoTarget target, string variant)
    {
        if (GoVariants.Of(target.Architecture) is not { } variants)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.TargetHasNoVariants), text, target.Architecture, target.Name);
        }

        return variants.Normalize(variant) ?? throw GoCrossException.Create(
            ErrorKind.InvalidArgument,
            nameof(Messages.TargetVariantUnknown),
            text,
            variant,
            variants.Variable,
            variants.Known);
    }

    private static GoCrossException Unknown(string text, string name, IReadOnlyList<GoTarget> known)
    {
        IEnumerable<string> nearest = known
            .OrderBy(target => EditDistance.Between(name, target.Name))
            .ThenByDescending(target => target.FirstClass)
            .Select(target => target.Name)
            .Take(NearestCount);
        return GoCrossException.Create(
            ErrorKind.InvalidArgument, nameof(Messages.TargetUnknown), text, string.Join(", ", nearest));
    }
}
