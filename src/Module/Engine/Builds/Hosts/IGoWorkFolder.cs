namespace GoCross.Builds.Hosts;

/// <summary>A folder that one build works in, at the place where go runs. It goes away with all that is in it.</summary>
public interface IGoWorkFolder : IAsyncDisposable
{
    /// <summary>The folder, for what go, the linker and the compilers need meanwhile.</summary>
    string Path { get; }

    /// <summary>Where go is to write the program.</summary>
    string OutputPath { get; }

    /// <summary>Brings the program to where it was wanted on this machine.</summary>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <exception cref="Errors.GoCrossException">The place is not to be reached any more.</exception>
    Task FetchAsync(CancellationToken cancellation);
}
