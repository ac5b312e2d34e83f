using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>A place where go runs: this machine, or a container. Paths given to it are paths there, unless called local.</summary>
public interface IGoHost
{
    /// <summary>How errors and logs call it; null for this machine, which needs no name.</summary>
    string? Name { get; }

    /// <summary>The full path of the go command there.</summary>
    /// <param name="given">What the user said: the command itself or a GOROOT; null to look for it.</param>
    /// <exception cref="Errors.GoCrossException">GoPathInvalid; GoNotFound.</exception>
    string LocateGo(string? given);

    /// <summary>The full path of a program there, or null.</summary>
    /// <param name="name">The program's name, without a directory and without .exe.</param>
    string? FindProgram(string name);

    /// <summary>The value of a variable of the environment there; null where it is not set.</summary>
    /// <param name="name">Its name.</param>
    string? GetVariable(string name);

    /// <summary>Where a folder of this machine lies there.</summary>
    /// <param name="localFolder">The folder's full path on this machine.</param>
    string PathOf(string localFolder);

    /// <summary>Runs a program there to its end.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="cancellation">Kills it and all that it started.</param>
    /// <exception cref="Errors.GoCrossException">ProcessStartFailed, or that the place is not to be reached.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation);

    /// <summary>Makes the folder that one build works in.</summary>
    /// <param name="localOutput">The file on this machine that what is built is to be in, in the end, or the folder of several.</param>
    /// <param name="isFolder">Whether it is a folder. It is there already.</param>
    /// <param name="cancellation">Ends the making.</param>
    /// <exception cref="Errors.GoCrossException">WorkFolderNotMade, or that the place is not to be reached.</exception>
    Task<IGoWorkFolder> CreateWorkFolderAsync(string localOutput, bool isFolder, CancellationToken cancellation);
}
