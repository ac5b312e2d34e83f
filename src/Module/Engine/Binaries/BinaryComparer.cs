using System.Globalization;

namespace GoCross.Binaries;

/// <summary>Tells what differs between two binaries.</summary>
public static class BinaryComparer
{
    private const string Same = "==";
    private const string OnlyReference = "<=";
    private const string OnlyDifference = "=>";
    private const string Changed = "<>";

    /// <summary>The categories with as many entries as binaries have symbols: they are summed up unless asked for.</summary>
    private static readonly HashSet<ElfChangeCategory> Long =
        [ElfChangeCategory.Version, ElfChangeCategory.Import, ElfChangeCategory.Export, ElfChangeCategory.Section];

    /// <summary>All categories, in their order.</summary>
    public static IReadOnlyList<ElfChangeCategory> AllCategories { get; } = Enum.GetValues<ElfChangeCategory>();

    /// <summary>Compares two binaries.</summary>
    /// <param name="reference">The one to compare with.</param>
    /// <param name="difference">The one that is compared.</param>
    /// <param name="categories">
    /// The categories to compare, each listed whole. Null for all of them, where the long ones (Version, Import, Export,
    /// Section) are summed up.
    /// </param>
    /// <param name="includeEqual">Whether what is the same is reported, too.</param>
    /// <returns>
    /// By category. What cannot be told of one of the two, as <see cref="BinaryContent.Warnings"/> say, is left out.
    /// </returns>
    public static IReadOnlyList<ElfChange> Compare(
        BinaryContent reference,
        BinaryContent difference,
        IReadOnlyCollection<ElfChangeCategory>? categories = null,
        bool includeEqual = false)
    {
        var changes = new List<ElfChange>();
        foreach (ElfChangeCategory category in AllCategories)
        {
            if ((categories is not null && !categories.Contains(category))
                || !ComparedItems.CanTell(reference, category)
                || !ComparedItems.CanTell(difference, category))
            {
                continue;
            }

            ElfChange[] found = [.. CompareCategory(reference, difference, category)];
            if (categories is null && Long.Contains(category))
            {
                found = Summarize(found);
            }

            changes.AddRange(includeEqual ? found : found.Where(change => change.SideIndicator != Same));
        }

        return changes;
    }

    private static IEnumerable<ElfChange> CompareCategory(
        BinaryContent reference, BinaryContent difference, ElfChangeCategory category)
    {
        IEnumerable<ElfChange> changes = ItemAligner
            .Align(
                ComparedItems.Of(reference, category, beside: difference),
                ComparedItems.Of(difference, category, beside: reference))
            .Select(pair => Change(reference, difference, category, pair.Reference, pair.Difference));
        return category switch
        {
            ElfChangeCategory.Library => changes.Concat(CompareOrder(reference, difference)),

            // In a table's order, which is the linker's, nobody finds a symbol.
            ElfChangeCategory.Module or ElfChangeCategory.Import or ElfChangeCategory.Export =>
                changes.OrderBy(change => change.Name, StringComparer.Ordinal),
            _ => changes,
        };
    }

    // Of several libraries with the same symbol the first one counts.
    private static IEnumerable<ElfChange> CompareOrder(BinaryContent reference, BinaryContent difference)
    {
        IReadOnlyList<string> left = reference.Elf!.Needed;
        IReadOnlyList<string> right = difference.Elf!.Needed;
        if (!left.Intersect(right).SequenceEqual(right.Intersect(left)))
        {
            const string Order = "(order)";
            yield return Change(
                reference,
                difference,
                ElfChangeCategory.Library,
                new ComparedItem(Order, string.Join(", ", left)),
                new ComparedItem(Order, string.Join(", ", right)));
        }
    }

    private static ElfChange Change(
        BinaryContent reference, BinaryContent difference, ElfChangeCategory category, ComparedItem? left, ComparedItem? right)
    {
        // What differs in more than what is shown is shown whole.
        bool isSame = left is not null && right is not null && left.Value.Identity.Equals(right.Value.Identity);
        bool isWhole = left is not null && right is not null && !isSame && Equals(left.Value.Value, right.Value.Value);
        return new ElfChange
        {
            ReferencePath = reference.Path,
            DifferencePath = difference.Path,
            Category = category,
            Name = (left ?? right)!.Value.Name,
            SideIndicator = left is null ? OnlyDifference : right is null ? OnlyReference : isSame ? Same : Changed,
            ReferenceValue = isWhole ? left!.Value.Identity : left?.Value,
            DifferenceValue = isWhole ? right!.Value.Identity : right?.Value,
        };
    }

    private static ElfChange[] Summarize(ElfChange[] found)
    {
        if (found.Length == 0)
        {
            return [];
        }

        int added = found.Count(change => change.SideIndicator == OnlyDifference);
        int removed = found.Count(change => change.SideIndicator == OnlyReference);
        int changed = found.Count(change => change.SideIndicator == Changed);
        int left = found.Length - added;
        int right = found.Length - removed;
        return
        [
            found[0] with
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"+{added} -{removed} ~{changed}"),
                SideIndicator = left == 0 ? OnlyDifference
                    : right == 0 ? OnlyReference
                    : added + removed + changed == 0 ? Same
                    : Changed,
                ReferenceValue = left,
                DifferenceValue = right,
                IsSummary = true,
            },
        ];
    }
}
