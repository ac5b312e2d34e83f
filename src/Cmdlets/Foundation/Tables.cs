using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>Reads the hash tables that users give for names and values.</summary>
internal static class Tables
{
    /// <summary>
    /// The names with their values as text, in the names' order: a hash table has none, and the same call is to make the
    /// same command line. A value of $null is null.
    /// </summary>
    /// <param name="table">The table; null for an empty one.</param>
    internal static KeyValuePair<string, string?>[] Pairs(IDictionary? table) => table is null ? [] :
    [
        .. table.Keys.Cast<object>()
            .Select(key => KeyValuePair.Create(Text(key)!, Text(table[key])))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal),
    ];

    /// <summary>The same as a dictionary, in which a value of $null is empty.</summary>
    /// <param name="table">The table; null for an empty one.</param>
    internal static Dictionary<string, string> Texts(IDictionary? table) =>
        Pairs(table).ToDictionary(pair => pair.Key, pair => pair.Value ?? string.Empty, StringComparer.Ordinal);

    private static string? Text(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) is { } content ? Convert.ToString(content, CultureInfo.InvariantCulture) : null;
}
