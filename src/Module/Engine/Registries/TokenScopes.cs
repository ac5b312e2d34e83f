namespace GoCross.Registries;

/// <summary>
/// What a token is asked for (distribution, "Token Scope Documentation"): repository:NAME:ACTION,ACTION. Whoever pushes asks
/// for all of it from the first, so that requests side by side do not take each other's token away.
/// </summary>
internal sealed class TokenScopes
{
    private readonly string _own;
    private readonly bool _isPushed;
    private volatile string[] _optional;

    /// <summary>Says what is asked for.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="sources">Where it is pushed to: the repositories from which blobs are taken over. Null where it is read.</param>
    internal TokenScopes(string repository, IReadOnlyList<string>? sources)
    {
        _isPushed = sources is not null;
        _own = $"repository:{repository}:{(_isPushed ? "pull,push" : "pull")}";
        _optional = [.. (sources ?? []).Select(source => $"repository:{source}:pull")];
    }

    /// <summary>Whether there is more than what is needed.</summary>
    internal bool HasOptional => _optional.Length > 0;

    /// <summary>Asks for what is needed alone, from now on.</summary>
    internal void DropOptional() => _optional = [];

    /// <summary>What to ask for.</summary>
    /// <param name="challenged">What the registry says is needed, separated by spaces; null or empty where it does not say.</param>
    internal IReadOnlyList<string> For(string? challenged)
    {
        string[] named = (challenged ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!_isPushed)
        {
            return named.Length > 0 ? named : [_own];
        }

        // What the registry names of other repositories is of those that may be left out.
        string[] all = [_own, .. _optional];
        return [.. all, .. named.Where(scope => !all.Any(known => Resource(known) == Resource(scope)) && !IsSource(scope))];
    }

    private static bool IsSource(string scope) =>
        scope.StartsWith("repository:", StringComparison.Ordinal) && scope.EndsWith(":pull", StringComparison.Ordinal);

    private static string Resource(string scope)
    {
        int colon = scope.LastIndexOf(':');
        return colon < 0 ? scope : scope[..colon];
    }
}
