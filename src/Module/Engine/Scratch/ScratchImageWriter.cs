using System.Security.Cryptography;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
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
                    ImageReader reader = image.BaseReader!(program.Platform);
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
        private readonly List<ImageDocument> _manifests = [];
        private readonly List<ImageDocument> _referrers = [];
        private readonly Dictionary<string, ImageBlob> _blobs = new(StringComparer.Ordinal);
        private readonly List<string> _warnings = [.. contents.Warnings];

        internal ScratchImage Write(
            ScratchProgram[] programs, List<BaseImage> bases, ImageReference reference, AttachedDocument[] attachments)
        {
            ScratchImageManifest[] manifests = [.. programs.Select((program, i) => AddImage(program, bases.ElementAtOrDefault(i)))];
            bool isSingle = programs.Length == 1;
            ImageDocument root = isSingle ? _manifests[0] : Store(new ManifestDocument
            {
                MediaType = MediaTypes.OciIndex,
                Manifests = [.. _manifests.Zip(programs, WithPlatform)],
                Annotations = NullIfEmpty(image.Annotations),
            });
            ScratchImageAttachment[] attached = [.. attachments.Select(document => Attach(document, programs, root))];
            ScratchImageManifest archived = Array.Find(manifests, manifest => manifest.Platform == image.ArchivePlatform
                || manifest.Platform.StartsWith(image.ArchivePlatform + "/", StringComparison.Ordinal)) ?? manifests[0];
            AddEntries(isSingle ? WithPlatform(root, programs[0]) : root.Descriptor, reference, archived);
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
                Manifests = manifests,
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
                    Root = root,
                    Children = isSingle ? [] : _manifests,
                    Referrers = _referrers,
                    Blobs = [.. _blobs.Values],
                },
            };
        }

        private static SortedDictionary<string, string> Sorted(IEnumerable<KeyValuePair<string, string>> texts) =>
            new(texts.ToDictionary(), StringComparer.Ordinal);

        // The last of several of one name counts.
        private static SortedDictionary<string, string?>? NullIfEmpty(IEnumerable<KeyValuePair<string, string>> texts)
        {
            var sorted = new SortedDictionary<string, string?>(StringComparer.Ordinal);
            foreach ((string name, string value) in texts)
            {
                sorted[name] = value;
            }

            return sorted.Count == 0 ? null : sorted;
        }

        private static Descriptor WithPlatform(ImageDocument manifest, ScratchProgram program) =>
            manifest.Descriptor with { Platform = program.Platform.ToDocument() };

        private ScratchImageManifest AddImage(ScratchProgram program, BaseImage? baseImage)
        {
            string start = baseImage is null ? contents.StartReasons[program.Platform] : RequireStart(program, baseImage);
            List<ScratchImageLayer> layers = [.. (baseImage?.Layers ?? []).Select(layer => AddBaseLayer(layer, baseImage!))];
            IReadOnlyList<RootPart> parts = baseImage is null ? contents.Parts : BaseContents.Complete(contents.Parts, baseImage, options);
            if (parts.Count > 0)
            {
                layers.Add(AddLayer(parts.SelectMany(part => part.Entries), string.Join(", ", parts.Select(part => part.Holds))));
            }

            if (contents.Libraries.TryGetValue(program.Platform, out RootPart? libraries))
            {
                layers.Add(AddLayer(libraries.Entries, libraries.Holds));
            }

            layers.Add(AddLayer([RootEntry.Program(contents.Name, program.File)], Texts.ScratchProgramPart));
            ImageBlob config = Keep(store.Add(MediaTypes.OciConfig, ImageJson.Write(ConfigOf(program, baseImage, layers))));
            ImageDocument manifest = Store(new ManifestDocument
            {
                MediaType = MediaTypes.OciManifest,
                Config = config.Descriptor,
                Layers =
                [
                    .. layers.Select((layer, i) => new Descriptor
                    {
                        MediaType = layer.MediaType,
                        Digest = layer.Digest,
                        Size = layer.Length,
                        Annotations = layer.IsOfBase ? NullIfEmpty(baseImage!.Layers[i].Annotations) : null,
                    }),
                ],
                Annotations = NullIfEmpty(AnnotationsOf(baseImage)),
            });
            _manifests.Add(manifest);
            return new ScratchImageManifest
            {
                Platform = program.Platform.ToString(),
                Digest = manifest.Digest,
                ImageId = config.Digest,
                Layers = layers.ToArray(),
                StartReason = start,
                BinaryPath = program.Path,
            };
        }

        private ConfigDocument ConfigOf(ScratchProgram program, BaseImage? baseImage, List<ScratchImageLayer> layers)
        {
            ImageConfiguration configuration = contents.Configure(options, baseImage?.Configuration);
            if (baseImage?.Configuration.OnBuild is { Count: > 0 } triggers)
            {
                _warnings.Add(TextFormat.Fill(Texts.ScratchBaseTriggers, baseImage.Location, string.Join("; ", triggers)));
            }

            return new ConfigDocument
            {
                Created = Rfc3339.Format(options.Created),
                Author = configuration.Author.Length == 0 ? null : configuration.Author,
                Architecture = program.Platform.Architecture,
                Os = program.Platform.Os,
                Variant = program.Platform.Variant,
                Config = configuration.ToDocument(),
                Rootfs = new RootFsDocument { Type = "layers", DiffIds = [.. layers.Select(layer => layer.DiffId)] },
                History =
                [
                    .. layers.Select((layer, i) => new HistoryDocument
                    {
                        Created = (layer.IsOfBase ? baseImage!.Layers[i].Created : options.Created) is { } time ? Rfc3339.Format(time) : null,
                        CreatedBy = layer.IsOfBase ? layer.Holds : "GoCross: " + layer.Holds,
                    }),
                ],
            };
        }

        /// <summary>The files by which readers find the image: OCI's, and where it is asked for Docker's.</summary>
        private void AddEntries(Descriptor root, ImageReference reference, ScratchImageManifest archived)
        {
            // containerd and new docker engines name the image by the first, OCI tools by the second.
            Descriptor named = root with
            {
                Annotations = NullIfEmpty(
                [
                    new("io.containerd.image.name", reference.CanonicalName),
                    new("org.opencontainers.image.ref.name", reference.Tag!),
                ]),
            };
            byte[] index = ImageJson.Write(new ManifestDocument
            {
                MediaType = MediaTypes.OciIndex,

                // Of an archive podman, skopeo and docker load want to take the one thing that it lists.
                Manifests = image.Format != ImageFormat.OciDirectory ? [named] :
                [
                    named,
                    .. _referrers.Select(referrer => referrer.Descriptor with { ArtifactType = referrer.Manifest.ArtifactType }),
                ],
                Annotations = store.HasMarkedIndex
                    ? new Dictionary<string, string?> { ["gocross.written"] = WrittenMark.Unsigned }
                    : null,
            });
            store.AddFile("index.json", store.HasMarkedIndex ? WrittenMark.Sign(index) : index);
            if (image.Format == ImageFormat.Hybrid)
            {
                store.AddFile("manifest.json", ImageJson.Write<IReadOnlyList<DockerManifestItem?>>(
                [
                    new DockerManifestItem
                    {
                        Config = ImageStore.PathOf(archived.ImageId),
                        RepoTags = [reference.FamiliarName],
                        Layers = [.. archived.Layers.Select(layer => ImageStore.PathOf(layer.Digest))],
                    },
                ]));
            }
        }

        private string RequireStart(ScratchProgram program, BaseImage baseImage)
        {
            using RandomAccessFile file = RandomAccessFile.Open(program.Path);
            RootStart verdict = baseImage.Inspector.TryInspect(file, "/" + contents.Name, cancellation)!.Start;
            ScratchContents.RequireStart(program, verdict, options, _warnings);
            return verdict.Reason;
        }

        private IEnumerable<KeyValuePair<string, string>> AnnotationsOf(BaseImage? baseImage) =>
            baseImage is { Digest: { } digest, Repository: { } repository }
                ?
                [
                    new("org.opencontainers.image.base.name", repository.CanonicalName),
                    new("org.opencontainers.image.base.digest", digest),
                    .. image.Annotations,
                ]
                : image.Annotations;

        /// <summary>Adds a layer, from its entries to its stored bytes in one go.</summary>
        private ScratchImageLayer AddLayer(IEnumerable<RootEntry> entries, string holds)
        {
            long time = options.Created.ToUnixTimeSeconds();
            string? diffId = null;
            ImageBlob blob = Keep(store.Add(encoder.MediaType, output =>
            {
                using Stream? compressed = encoder.Compress(output);
                if (compressed is null)
                {
                    RootArchive.Write(output, entries, time, cancellation);
                    return;
                }

                using var hashed = new HashingStream(compressed);
                RootArchive.Write(hashed, entries, time, cancellation);
                diffId = hashed.GetDigest();
            }));
            return new ScratchImageLayer(blob.Digest, diffId ?? blob.Digest, blob.Length, holds) { MediaType = encoder.MediaType };
        }

        // As it is stored: a registry that has it need not get it again.
        private ScratchImageLayer AddBaseLayer(ImageLayer layer, BaseImage baseImage)
        {
            string type = MediaTypes.LayerOf(layer.Compression);
            ImageBlob blob = store.Add(type, output =>
            {
                using Stream stored = baseImage.Open(layer, cancellation);
                stored.CopyTo(output);
            });
            if (blob.Digest != layer.Content.Digest)
            {
                throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ImageChanged), baseImage.Location.Text);
            }

            Keep(blob with { FoundIn = baseImage.Repository });
            return new ScratchImageLayer(blob.Digest, layer.DiffId, blob.Length, layer.CreatedBy ?? Texts.ScratchBaseLayer)
            {
                MediaType = type,
                IsOfBase = true,
            };
        }

        private ScratchImageAttachment Attach(AttachedDocument document, ScratchProgram[] programs, ImageDocument root)
        {
            ImageDocument subject = document.Subjects.Count == 0 ? root : _manifests[IndexOfSubject(document, programs)];
            ImageBlob empty = Keep(store.Add(MediaTypes.OciEmpty, ImageJson.Empty));
            ImageBlob content = Keep(store.Add(document.MediaType, document.Content));
            ImageDocument manifest = Store(new ManifestDocument
            {
                MediaType = MediaTypes.OciManifest,
                ArtifactType = document.MediaType,
                Config = empty.Descriptor,
                Layers =
                [
                    content.Descriptor with
                    {
                        Annotations = NullIfEmpty([new("org.opencontainers.image.title", Path.GetFileName(document.Path))]),
                    },
                ],
                Subject = subject.Descriptor,
            });
            _referrers.Add(manifest);
            return new ScratchImageAttachment(manifest.Digest, document.MediaType, subject.Digest, document.Path);
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

        private ImageDocument Store(ManifestDocument manifest)
        {
            var document = ImageDocument.Of(manifest);
            store.Add(document);
            return document;
        }

        private ImageBlob Keep(ImageBlob blob)
        {
            _blobs.TryAdd(blob.Digest, blob);
            return blob;
        }
    }
}
