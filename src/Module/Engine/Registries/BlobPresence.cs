namespace GoCross.Registries;

/// <summary>Whether a repository has a blob.</summary>
internal enum BlobPresence
{
    /// <summary>It does not.</summary>
    Missing,

    /// <summary>It does.</summary>
    There,

    /// <summary>It does since it was asked to take it from another repository.</summary>
    Mounted,
}
