using GoCross.Errors;
using GoCross.Progress;

namespace GoCross.ContainerEngines;

/// <summary>Sends an image's tar to a container engine.</summary>
internal static class ImageLoader
{
    private const int PieceBytes = 256 << 10;

    /// <summary>Has the engine load a tar.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="path">The tar's full path.</param>
    /// <param name="onProgress">Gets how far it is, on any thread; null for nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The names of the images, or the IDs of those that have none.</returns>
    /// <exception cref="GoCrossException">
    /// ImageLoadBroken; PackageFileUnreadable; what <see cref="IContainerEngine.LoadImagesAsync"/> throws.
    /// </exception>
    internal static async Task<IReadOnlyList<string>> LoadAsync(
        IContainerEngine engine, string path, Action<TransferProgress>? onProgress, CancellationToken cancellation)
    {
        long sent = 0;
        try
        {
            return await engine.LoadImagesAsync(WriteAsync, cancellation).ConfigureAwait(false);
        }
        catch (GoCrossException e) when (sent > 0 && e.ErrorId == nameof(Messages.EngineUnreachable))
        {
            throw GoCrossException.Create(
                e,
                ErrorKind.Unavailable,
                nameof(Messages.ImageLoadBroken),
                engine.Endpoint,
                sent,
                e.GetBaseException().Message);
        }

        async Task WriteAsync(Stream target, CancellationToken token)
        {
            FileStream source = Open(path);
            await using (source.ConfigureAwait(false))
            {
                var meter = new TransferMeter(onProgress);
                meter.Expect(source.Length);
                byte[] piece = new byte[PieceBytes];
                int count;
                while ((count = Read(source, piece)) > 0)
                {
                    await target.WriteAsync(piece.AsMemory(0, count), token).ConfigureAwait(false);
                    sent += count;
                    meter.Add(count, engine.Endpoint);
                }
            }
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    private static int Read(FileStream source, byte[] piece)
    {
        try
        {
            return source.Read(piece);
        }
        catch (IOException e)
        {
            throw Unreadable(source.Name, e);
        }
    }

    private static GoCrossException Unreadable(string path, Exception cause) => GoCrossException.Create(
        cause, ErrorKind.InvalidData, nameof(Messages.PackageFileUnreadable), $"\"{path}\"", cause.Message);
}
