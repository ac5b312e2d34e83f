using System.Buffers;
using GoCross.Errors;

namespace GoCross.Scratch;

/// <summary>
/// A file of this machine as it was when it was looked at. What is packed has to be what was looked at, and all of it from
/// one moment.
/// </summary>
/// <param name="Path">Its full path.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="LastWriteTimeUtc">Its last change.</param>
internal sealed record FileSnapshot(string Path, long Length, DateTime LastWriteTimeUtc)
{
    private const int PieceLength = 1 << 20;

    /// <summary>Looks at a file. Links are followed.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="GoCrossException">PathIsDirectory.</exception>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    internal static FileSnapshot Of(string path)
    {
        if (Directory.Exists(path))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), path);
        }

        var file = new FileInfo(path);
        if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
        {
            file = target;
        }

        return new FileSnapshot(path, file.Length, file.LastWriteTimeUtc);
    }

    /// <summary>Hands its bytes on, in pieces.</summary>
    /// <param name="put">Takes a piece.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">BinaryChanged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal void CopyTo(Action<ReadOnlyMemory<byte>> put, CancellationToken cancellation)
    {
        using FileStream stream = new(
            Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            long left = Length;
            int count;
            while ((count = stream.Read(piece)) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                left -= count;
                if (left < 0)
                {
                    break;
                }

                put(piece.AsMemory(0, count));
            }

            if (left != 0 || File.GetLastWriteTimeUtc(stream.SafeFileHandle) != LastWriteTimeUtc)
            {
                throw GoCrossException.Create(ErrorKind.VerificationFailed, nameof(Messages.BinaryChanged), Path);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
