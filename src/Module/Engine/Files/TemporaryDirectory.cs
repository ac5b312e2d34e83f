namespace GoCross.Files;

/// <summary>A directory of our own under the system's temporary one, open to this user only, gone when disposed.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gocross-");

    /// <summary>Its full path.</summary>
    public string Path => _directory.FullName;

    /// <summary>Removes the directory with all it holds.</summary>
    public void Dispose()
    {
        try
        {
            _directory.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody cleaned up before us.
        }
    }
}
