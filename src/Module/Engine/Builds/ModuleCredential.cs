namespace GoCross.Builds;

/// <summary>What private modules are fetched with.</summary>
public enum ModuleCredential
{
    /// <summary>A netrc file: go and git read it for https (the secret with the ID netrc).</summary>
    Netrc,

    /// <summary>The SSH agent, and the known hosts (the secret with the ID known_hosts): git fetches through ssh.</summary>
    Ssh,
}
