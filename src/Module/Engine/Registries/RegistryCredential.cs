namespace GoCross.Registries;

/// <summary>What a user is known by to a registry. No record: a secret must not get into a text by itself.</summary>
internal sealed class RegistryCredential
{
    /// <summary>The user's name; null with tokens.</summary>
    internal string? UserName { get; init; }

    /// <summary>The password that goes with the name.</summary>
    internal string? Password { get; init; }

    /// <summary>What is given for an access token (OAuth 2.0's refresh token); null where there is none.</summary>
    internal string? IdentityToken { get; init; }

    /// <summary>An access token, to be sent as it is; null where there is none.</summary>
    internal string? RegistryToken { get; init; }

    /// <summary>What no message may show.</summary>
    internal IEnumerable<string> Secrets => new[] { Password, IdentityToken, RegistryToken }.OfType<string>();
}
