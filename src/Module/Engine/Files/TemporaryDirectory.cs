namespace GoCross.Files;

/// <summary>A directory of our own under the system's temporary one, open to this user only, gone when disposed.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>How often, with a pause, files that somebody still adds are removed: a killed program's last threads.</summary>
    private const int Attempts = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gocross-");

    /// <summary>Its full path.</summary>
    public string Path => _directory.FullName;

    /// <summary>
    /// Removes the directory with all it holds. What cannot be removed stays, without an error: the work that was done in
    /// it is done, and an error here would take the place of its result or of its own error.
    /// </summary>
    public void Dispose()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                _directory.Delete(recursive: true);
                return;
            }
            catch (DirectoryNotFoundException) when (!Directory.Exists(Path))
            {
                // Somebody cleaned up before us.
                return;
            }
            catch (IOException) when (attempt < Attempts)
            {
                Thread.Sleep(Pause);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return;
            }
        }
    }
}
