namespace GoCross.Errors;

/// <summary>What sort of failure a <see cref="GoCrossException"/> reports.</summary>
public enum ErrorKind
{
    /// <summary>The caller asked for something that cannot be: an unknown target, two values that exclude each other.</summary>
    InvalidArgument,

    /// <summary>Something that was named does not exist.</summary>
    NotFound,

    /// <summary>Something that is to be written stands there already.</summary>
    AlreadyExists,

    /// <summary>The user may not do this.</summary>
    AccessDenied,

    /// <summary>The content of a file is not what its format demands: damaged, truncated, or another format.</summary>
    InvalidData,

    /// <summary>A count, size, depth or ratio is over the limit that protects from hostile input.</summary>
    LimitExceeded,

    /// <summary>The input is valid, and GoCross does not handle it.</summary>
    Unsupported,

    /// <summary>A program that the work needs is not installed.</summary>
    ToolMissing,

    /// <summary>A program ran and failed.</summary>
    ToolFailed,

    /// <summary>A result is not what was promised, for example a static build that came out dynamic.</summary>
    VerificationFailed,

    /// <summary>A service, such as a Docker engine, cannot be reached.</summary>
    Unavailable,
}
