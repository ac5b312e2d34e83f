namespace GoCross.Builds;

/// <summary>A folder that one build works in, at the place where go runs. It goes away with all that is in it.</summary>
public interface IGoWorkFolder : IAsyncDisposable
{
    /// <summary>The folder, for what go, the linker and the compilers need meanwhile.</summary>
    string Path { get; }

    /// <summary>Where go is to write the program; with a separator at its end, the folder of several.</summary>
    string OutputPath { get; }

    /// <summary>Puts a text file into the folder.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its content, written as UTF-8.</param>
    /// <param name="cancellation">Ends the writing.</param>
    /// <returns>Its full path, where go runs.</returns>
    /// <exception cref="Errors.GoCrossException">The place is not to be reached any more.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    Task<string> AddFileAsync(string name, string content, CancellationToken cancellation);

    /// <summary>Brings the program, or what there is of several, to where it was wanted on this machine.</summary>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <exception cref="Errors.GoCrossException">The place is not to be reached any more.</exception>
    Task FetchAsync(CancellationToken cancellation);
}
