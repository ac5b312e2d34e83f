using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>
/// The variables of this machine's that go in a container gets: what decides on the program and where modules come from.
/// What is secret stays here: GOAUTH and git's logins are not sent, and the netrc file only as <see cref="ModuleSecrets"/>.
/// </summary>
internal static class SentVariables
{
    private static readonly string[] Names =
    [
        "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS", "CGO_CFLAGS_ALLOW", "CGO_CPPFLAGS_ALLOW",
        "CGO_CXXFLAGS_ALLOW", "CGO_LDFLAGS_ALLOW", "GO111MODULE", "GOEXPERIMENT", "GOFIPS140", "GOFLAGS", "GOINSECURE",
        "GONOPROXY", "GONOSUMDB", "GOPRIVATE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN", "GOVCS",
    ];

    /// <summary>The variables that are set here.</summary>
    /// <param name="variable">This machine's environment.</param>
    /// <exception cref="GoCrossException">ContainerVariableSecret.</exception>
    internal static Dictionary<string, string> Collect(Func<string, string?> variable)
    {
        var sent = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in Names)
        {
            if (variable(name) is { Length: > 0 } value)
            {
                sent[name] = name is "GOPROXY" or "GOSUMDB" && HasPassword(value)
                    ? throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ContainerVariableSecret), name)
                    : value;
            }
        }

        // A go.work at another place is not looked for there.
        if (variable("GOWORK") == "off")
        {
            sent["GOWORK"] = "off";
        }

        return sent;
    }

    // A list: https://user:password@host,direct
    private static bool HasPassword(string list) => list
        .Split(',', '|', ' ')
        .Any(entry => Uri.TryCreate(entry, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length > 0);
}
