using System.Security.Cryptography;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Oci;
using GoCross.Roots;

namespace GoCross.Scratch;

/// <summary>
/// Writes a program's image with no daemon. Same programs and options, same bytes: on every machine, in every time zone,
/// under every umask, with every .NET.
/// </summary>
/// <remarks>
/// Layers by kind, for an update to ship little: what the program needs changes seldom, its libraries now and then, the
/// program every time. The program is read once, in pieces: a layer goes out as it is hashed. Images of several platforms
/// share what is the same.
/// </remarks>
public static class ScratchImageWriter
{
    /// <summary>Writes an image.</summary>
    /// <param name="programs">The program, or its builds for several platforms.</param>
    /// <param name="path">The full path of the tar or of the directory.</param>
    /// <param name="reference">The image's name; null for the program's with the tag latest.</param>
    /// <param name="options">What the user said about what is in it.</param>
    /// <param name="image">What the user said about how it is written.</param>
    /// <param name="cancellation">Ends the work; nothing is left of it.</param>
    /// <exception cref="GoCrossException">
    /// DuplicatePlatform; ProgramCannotStart; BinaryChanged; BinaryTooLong; FileExists; PathIsDirectory; DirectoryNotLayout;
    /// OutputNotWritable; what <see cref="ScratchOptions"/> can be wrong in; AttachmentUnknown, AttachmentOfOther and their
    /// like; what reading the base image throws.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ScratchImage Write(
        IReadOnlyList<ScratchProgram> programs,
        string path,
        ImageReference? reference,
        ScratchOptions options,
        ScratchImageOptions image,
        CancellationToken cancellation)
    {
        ScratchProgram[] sorted = ScratchProgram.Sort(programs);
        options = options with { IncludesLibraries = image.Base is null };
        var contents = ScratchContents.Plan(sorted, options, cancellation);
        AttachedDocument[] attachments = [.. image.Attachments.Select(AttachedDocument.Read)];
        CheckAnnotations(image);
        var encoder = new LayerEncoder(image.Compression, image.Gzip);
        List<BaseImage> bases = [];
        try
        {
            if (image.Base is { } location)
            {
                foreach (ScratchProgram program in sorted)
                {
                    ImageReader reader = image.BaseReader!(program.ImagePlatform);
                    bases.Add(BaseImage.OpenAsync(location, reader, cancellation).GetAwaiter().GetResult());
                }
            }

            return OutputFiles.Guard(path, () =>
            {
                long time = options.Created.ToUnixTimeSeconds();
                using ImageStore store = image.Format == ImageFormat.OciDirectory
                    ? new DirectoryImageStore(path, image.Overwrite)
                    : new TarImageStore(path, image.Overwrite, time);
                var work = new Work(store, contents, options, image, encoder, cancellation);
                return work.Write(sorted, bases, reference ?? ImageReference.ForProgram(contents.Name), attachments);
            });
        }
        finally
        {
            bases.ForEach(opened => opened.Dispose());
        }
    }

    private static void CheckAnnotations(ScratchImageOptions image)
    {
        foreach (string name in image.Annotations.Keys)
        {
            if (name.Length == 0 || name.Any(char.IsControl))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchLabelInvalid), name);
            }
        }
    }

    /// <summary>One image in the making.</summary>
    private sealed class Work(
        ImageStore store,
        ScratchContents contents,
        ScratchOptions options,
        ScratchImageOptions image,
        LayerEncoder encoder,
        CancellationToken cancellation)
    {
        private readonly List<PackageDocument> _manifests = [];
        private readonly List<PackageDocument> _referrers = [];
        private readonly Dictionary<string, PackageBlob> _blobs = new(StringComparer.Ordinal);
        private readonly List<string> _warnings = [.. contents.Warnings];

        internal ScratchImage Write(
            ScratchProgram[] programs, List<BaseImage> bases, ImageReference reference, AttachedDocument[] attachments)
        {
            List<ScratchImageManifest> manifests = [];
            List<StoredBlob> stored = [];
            for (int i = 0; i < programs.Length; i++)
            {
                manifests.Add(AddImage(programs[i], bases.ElementAtOrDefault(i), out StoredBlob blob));
                stored.Add(blob);
            }

            bool isSingle = programs.Length == 1;
            string rootType = isSingle ? MediaTypes.OciManifest : MediaTypes.OciIndex;
            PackageDocument rootDocument = isSingle ? _manifests[0] : Document(rootType, OciDocuments.Index(
                manifests.Zip(programs), image.Annotations));
            StoredBlob root = isSingle ? stored[0] : store.Add(rootDocument.Content);
            ScratchImageAttachment[] attached =
                [.. attachments.Select(document => Attach(document, programs, stored, rootType, root))];
            ScratchImageManifest archived = manifests.Find(manifest => manifest.Platform == image.ArchivePlatform
                || manifest.Platform.StartsWith(image.ArchivePlatform + "/", StringComparison.Ordinal)) ?? manifests[0];
            store.AddFile("index.json", OciDocuments.LayoutIndex(rootType, root, isSingle ? programs[0] : null, reference, attached));
            if (image.Format == ImageFormat.Hybrid)
            {
                store.AddFile("manifest.json", OciDocuments.DockerManifest(reference, archived));
            }

            store.Commit();
            return new ScratchImage
            {
                Path = store.Path,
                Format = image.Format,
                Reference = reference.FamiliarName,
                Digest = root.Digest,
                ImageId = archived.ImageId,
                Platform = string.Join(", ", programs.Select(program => program.Platform)),
                Length = store.Length,
                Manifests = manifests.ToArray(),
                Layers = manifests.SelectMany(manifest => manifest.Layers).DistinctBy(layer => layer.Digest).ToArray(),
                Base = image.Base?.Text ?? "scratch",
                Created = options.Created,
                User = options.User.ToString(),
                Entrypoint = contents.Entrypoint,
                Environment = Sorted(contents.Environment),
                Labels = Sorted(contents.Labels),
                Annotations = Sorted(image.Annotations),
                Attachments = attached,
                Needs = contents.Needs,
                Warnings = _warnings.Distinct(StringComparer.Ordinal).ToArray(),
                BinaryPaths = programs.Select(program => program.Path).ToArray(),
                Package = new ImagePackage
                {
                    Root = rootDocument,
                    Children = isSingle ? [] : _manifests,
                    Referrers = _referrers,
                    Blobs = [.. _blobs.Values],
                },
            };
        }

        private static SortedDictionary<string, string> Sorted(IEnumerable<KeyValuePair<string, string>> texts) =>
            new(texts.ToDictionary(), StringComparer.Ordinal);

        private static PackageDocument Document(string mediaType, byte[] content) => new(mediaType, Digests.Of(content), content);

        private ScratchImageManifest AddImage(ScratchProgram program, BaseImage? below, out StoredBlob stored)
        {
            string start = contents.StartReasons[program];
            if (below is not null)
            {
                start = RequireStart(program, below);
            }

            List<ScratchImageLayer> layers = [.. (below?.Layers ?? []).Select(layer => AddBaseLayer(layer, below!))];
            IReadOnlyList<RootPart> parts = below is null ? contents.Parts : BaseContents.Complete(contents.Parts, below, options);
            if (parts.Count > 0)
            {
                layers.Add(AddLayer(parts.SelectMany(part => part.Entries), string.Join(", ", parts.Select(part => part.Holds))));
            }

            if (contents.Libraries.TryGetValue(program, out RootPart? libraries))
            {
                layers.Add(AddLayer(libraries.Entries, libraries.Holds));
            }

            layers.Add(AddLayer([RootEntry.Program(contents.Name, program.File)], ContainerTexts.ProgramPart));
            var platform = new PlatformImage(program, contents, options, below, layers);
            StoredBlob config = Keep(MediaTypes.OciConfig, store.Add(OciDocuments.Config(platform)));
            PackageDocument manifest = Document(
                MediaTypes.OciManifest, OciDocuments.Manifest(config, layers, AnnotationsOf(below)));
            _manifests.Add(manifest);
            stored = store.Add(manifest.Content);
            return new ScratchImageManifest
            {
                Platform = program.Platform,
                Digest = stored.Digest,
                ManifestLength = stored.Length,
                ImageId = config.Digest,
                Layers = layers.ToArray(),
                StartReason = start,
                BinaryPath = program.Path,
            };
        }

        private string RequireStart(ScratchProgram program, BaseImage below)
        {
            using RandomAccessFile file = RandomAccessFile.Open(program.Path);
            RootReport report = below.Inspector.TryInspect(file, "/" + contents.Name, cancellation)!;
            var verdict = new RootVerdict(report.RunsInRoot, report.RunsInRootReason, report.MissingInRoot);
            ScratchContents.RequireStart(program, verdict, options, _warnings);
            return verdict.Reason;
        }

        private IEnumerable<KeyValuePair<string, string>> AnnotationsOf(BaseImage? below) =>
            below is { Digest: { } digest, Repository: { } repository }
                ?
                [
                    new("org.opencontainers.image.base.name", repository.ToString()),
                    new("org.opencontainers.image.base.digest", digest),
                    .. image.Annotations,
                ]
                : image.Annotations;

        /// <summary>Adds a layer, from its entries to its stored bytes in one go.</summary>
        private ScratchImageLayer AddLayer(IEnumerable<RootEntry> entries, string holds)
        {
            long time = options.Created.ToUnixTimeSeconds();
            string? diffId = null;
            StoredBlob blob = store.Add(output =>
            {
                if (encoder.IsPlain)
                {
                    RootArchive.Write(output, entries, time, cancellation);
                    return;
                }

                using Stream compressed = encoder.Compress(output);
                using var hashed = new HashingStream(compressed);
                RootArchive.Write(hashed, entries, time, cancellation);
                diffId = hashed.GetDigest();
            });
            Keep(encoder.MediaType, blob);
            return new ScratchImageLayer(blob.Digest, diffId ?? blob.Digest, blob.Length, holds) { MediaType = encoder.MediaType };
        }

        // As it is stored: a registry that has it need not get it again.
        private ScratchImageLayer AddBaseLayer(ImageLayer layer, BaseImage below)
        {
            StoredBlob blob = store.Add(output =>
            {
                using Stream stored = below.Open(layer, cancellation);
                stored.CopyTo(output);
            });
            if (blob.Digest != layer.Stored.Digest)
            {
                throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ImageChanged), below.Location.Text);
            }

            string type = MediaTypes.OciLayer + layer.Compression switch
            {
                LayerCompression.Gzip => "+gzip",
                LayerCompression.Zstd => "+zstd",
                _ => string.Empty,
            };
            Keep(type, blob, below.Repository);
            return new ScratchImageLayer(blob.Digest, layer.DiffId, blob.Length, layer.CreatedBy ?? ContainerTexts.BaseLayer)
            {
                MediaType = type,
                IsOfBase = true,
            };
        }

        private ScratchImageAttachment Attach(
            AttachedDocument document, ScratchProgram[] programs, List<StoredBlob> stored, string rootType, StoredBlob root)
        {
            (string type, StoredBlob subject) = document.Subjects.Count == 0
                ? (rootType, root)
                : (MediaTypes.OciManifest, stored[IndexOfSubject(document, programs)]);
            StoredBlob empty = Keep(MediaTypes.OciEmpty, store.Add(OciDocuments.Empty));
            StoredBlob content = Keep(document.MediaType, store.Add(document.Content));
            PackageDocument manifest = Document(
                MediaTypes.OciManifest, OciDocuments.Artifact(document, content, empty, type, subject));
            store.Add(manifest.Content);
            _referrers.Add(manifest);
            return new ScratchImageAttachment(manifest.Digest, document.MediaType, subject.Digest, document.Path)
            {
                ManifestLength = manifest.Content.Length,
            };
        }

        // A statement that is about another binary would be believed of this one.
        private int IndexOfSubject(AttachedDocument document, ScratchProgram[] programs)
        {
            for (int i = 0; i < programs.Length; i++)
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                programs[i].File.CopyTo(piece => hash.AppendData(piece.Span), cancellation);
                if (document.Subjects.Contains(Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant()))
                {
                    return i;
                }
            }

            throw GoCrossException.Create(
                ErrorKind.VerificationFailed,
                nameof(Messages.AttachmentOfOther),
                document.Path,
                string.Join(", ", programs.Select(program => program.Path)));
        }

        private StoredBlob Keep(string mediaType, StoredBlob blob, RegistryReference? foundIn = null)
        {
            _blobs.TryAdd(blob.Digest, new PackageBlob(mediaType, blob.Digest, blob.Length, blob.Open) { FoundIn = foundIn });
            return blob;
        }
    }
}
