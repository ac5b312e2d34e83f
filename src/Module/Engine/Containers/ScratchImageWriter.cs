using System.Buffers;
using System.Security.Cryptography;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;

namespace GoCross.Containers;

/// <summary>
/// Writes a program's image with no daemon: one tar that is an OCI image layout and a docker-archive, so that every
/// docker load, containerd, podman and skopeo read it. Same program and options, same bytes: on every machine, in every
/// time zone, under every umask.
/// </summary>
/// <remarks>
/// Two layers, for an update to ship little: what the program needs changes seldom, the program every time. Layers are
/// not compressed; their bytes would depend on the compressor's version, and registries' clients compress on the way.
/// The program is read once, in pieces: a layer goes out as it is hashed, and its name, which is its hash, is written
/// into the header before it afterwards.
/// </remarks>
public static class ScratchImageWriter
{
    private const string BlobDirectory = "blobs/sha256/";
    private const int PieceLength = 1 << 20;
    private const int BlobMode = 0x1A4; // 0644
    private const int DirectoryMode = 0x1ED; // 0755
    private const int ProgramMode = 0x1ED; // 0755

    /// <summary>Writes an image.</summary>
    /// <param name="program">The program.</param>
    /// <param name="path">The full path of the tar.</param>
    /// <param name="reference">The image's name; null for the program's with the tag latest.</param>
    /// <param name="options">What the user said about the image.</param>
    /// <param name="overwrite">Whether a file that stands there is replaced.</param>
    /// <param name="cancellation">Ends the work; nothing is left of it.</param>
    /// <exception cref="GoCrossException">
    /// BinaryChanged; BinaryTooLong; FileExists; PathIsDirectory; OutputNotWritable; what <see cref="ScratchOptions"/>
    /// can be wrong in.
    /// </exception>
    /// <exception cref="IOException">The program cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The program cannot be read.</exception>
    public static ScratchImage Write(
        ScratchProgram program,
        string path,
        ImageReference? reference,
        ScratchOptions options,
        bool overwrite,
        CancellationToken cancellation)
    {
        if (LayerLength(program) > Ustar.MaxFileLength)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.BinaryTooLong), program.Path, program.Length, Ustar.MaxFileLength);
        }

        var contents = ScratchContents.Plan([program], options);
        reference ??= ImageReference.ForProgram(contents.Name);
        using FileStream source = new(
            program.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        return OutputFiles.Guard(path, () =>
        {
            using AtomicFile file = AtomicFile.Create(path, overwrite);
            ScratchImage image;
            using (FileStream stream = file.OpenWrite())
            {
                image = new Archive(stream, options.Created.ToUnixTimeSeconds(), cancellation)
                    .Write(program, source, contents, reference, options) with { Path = path };
            }

            file.Commit();
            return image;
        });
    }

    private static long LayerLength(ScratchProgram program) =>
        Ustar.BlockSize + program.Length + Ustar.Padding(program.Length) + Ustar.EndLength;

    /// <summary>One archive in the making.</summary>
    private sealed class Archive(FileStream stream, long time, CancellationToken cancellation)
    {
        private readonly byte[] _block = new byte[Ustar.BlockSize];

        internal ScratchImage Write(
            ScratchProgram program, FileStream source, ScratchContents contents, ImageReference reference, ScratchOptions options)
        {
            AddFile("oci-layout", OciDocuments.Layout);
            AddHeader("blobs/", UstarType.Directory, DirectoryMode, 0);
            AddHeader(BlobDirectory, UstarType.Directory, DirectoryMode, 0);

            List<ScratchImageLayer> layers = [];
            if (contents.Parts.Count > 0)
            {
                byte[] layer = RootArchive.Create(contents.Parts.SelectMany(part => part.Entries), time);
                string digest = AddBlob(layer);
                layers.Add(new ScratchImageLayer(
                    digest, digest, layer.Length, string.Join(", ", contents.Parts.Select(part => part.Holds))));
            }

            layers.Add(AddProgram(program, source, contents.Name));
            byte[] config = OciDocuments.Config(program, contents, options, layers);
            string configDigest = AddBlob(config);
            byte[] manifest = OciDocuments.Manifest(configDigest, config.Length, layers);
            string manifestDigest = AddBlob(manifest);
            AddFile("index.json", OciDocuments.Index(program, reference, manifestDigest, manifest.Length));
            AddFile(
                "manifest.json",
                OciDocuments.DockerManifest(reference, BlobPath(configDigest), layers.Select(layer => BlobPath(layer.Digest))));
            WriteZeros(Ustar.EndLength);
            return new ScratchImage
            {
                Path = stream.Name,
                Reference = reference.FamiliarName,
                Digest = manifestDigest,
                ImageId = configDigest,
                Platform = program.Platform,
                Length = stream.Length,
                Layers = layers,
                Created = options.Created,
                User = options.User.ToString(),
                Entrypoint = contents.Entrypoint,
                Environment = new SortedDictionary<string, string>(contents.Environment.ToDictionary(), StringComparer.Ordinal),
                Labels = new SortedDictionary<string, string>(contents.Labels.ToDictionary(), StringComparer.Ordinal),
                Needs = contents.Needs,
                Warnings = contents.Warnings,
                BinaryPath = program.Path,
            };
        }

        private static string BlobPath(string digest) => BlobDirectory + digest["sha256:".Length..];

        private string AddBlob(ReadOnlySpan<byte> content)
        {
            string digest = Digests.Of(content);
            AddFile(BlobPath(digest), content);
            return digest;
        }

        private void AddFile(string name, ReadOnlySpan<byte> content)
        {
            AddHeader(name, UstarType.File, BlobMode, content.Length);
            stream.Write(content);
            WriteZeros(Ustar.Padding(content.Length));
        }

        /// <summary>Adds the layer that holds the program, as it is read.</summary>
        private ScratchImageLayer AddProgram(ScratchProgram program, FileStream source, string name)
        {
            int padding = Ustar.Padding(program.Length);
            long length = LayerLength(program);
            long headerPosition = stream.Position;
            stream.Write(_block);

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Ustar.WriteHeader(_block, name, UstarType.File, ProgramMode, program.Length, 0, 0, time);
            Put(hash, _block);
            CopyProgram(program, source, hash);
            Span<byte> end = stackalloc byte[Ustar.BlockSize + Ustar.EndLength];
            end.Clear();
            Put(hash, end[..(padding + Ustar.EndLength)]);

            // The layer's length is a multiple of a block, so nothing is to fill up. Now its name is known.
            string digest = Digests.FromHash(hash.GetHashAndReset());
            long position = stream.Position;
            stream.Position = headerPosition;
            AddHeader(BlobPath(digest), UstarType.File, BlobMode, length);
            stream.Position = position;
            return new ScratchImageLayer(digest, digest, length, "the program");
        }

        private void CopyProgram(ScratchProgram program, FileStream source, IncrementalHash hash)
        {
            byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
            try
            {
                long left = program.Length;
                int count;
                while ((count = source.Read(piece)) > 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    left -= count;
                    if (left < 0)
                    {
                        break;
                    }

                    Put(hash, piece.AsSpan(0, count));
                }

                // What was inspected has to be what was packed, and all of it from one moment.
                if (left != 0 || File.GetLastWriteTimeUtc(source.SafeFileHandle) != program.LastWriteTimeUtc)
                {
                    throw GoCrossException.Create(ErrorKind.VerificationFailed, nameof(Messages.BinaryChanged), program.Path);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(piece);
            }
        }

        private void Put(IncrementalHash hash, ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }

        private void AddHeader(string name, UstarType type, int mode, long length)
        {
            Ustar.WriteHeader(_block, name, type, mode, length, 0, 0, time);
            stream.Write(_block);
        }

        private void WriteZeros(int count)
        {
            Span<byte> zeros = stackalloc byte[Ustar.EndLength];
            zeros.Clear();
            stream.Write(zeros[..count]);
        }
    }
}
