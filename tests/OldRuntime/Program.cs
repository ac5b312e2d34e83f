using GoCross.Images;
using GoCross.Isolated;
using GoCross.Oci;
using GoCross.Scratch;

// PROGRAM FOLDER NAME: writes the program's image under that name with each compression into the folder, and prints this
// runtime's version and the digests.
var program = ScratchProgram.Inspect(Path.GetFullPath(args[0]), CancellationToken.None);
Console.WriteLine(Environment.Version);
foreach (LayerCompression compression in Enum.GetValues<LayerCompression>())
{
    ScratchImage image = ScratchImageWriter.Write(
        [program],
        Path.Combine(Path.GetFullPath(args[1]), compression + ".tar"),
        ImageReference.Parse(args[2]),
        new ScratchOptions(),
        new ScratchImageOptions { Compression = compression, Gzip = new IsolatedLibraries().CompressGzip },
        CancellationToken.None);
    Console.WriteLine($"{compression} {image.Digest}");
}
