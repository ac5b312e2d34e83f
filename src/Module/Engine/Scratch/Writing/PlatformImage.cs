namespace GoCross.Scratch;

/// <summary>One platform's image in the making.</summary>
/// <param name="Program">The program.</param>
/// <param name="Contents">What was planned for it.</param>
/// <param name="Options">What the user said about it.</param>
/// <param name="Base">What the program is put on top of; null for nothing.</param>
/// <param name="Layers">Its layers as they are stored, the lowest first.</param>
internal sealed record PlatformImage(
    ScratchProgram Program,
    ScratchContents Contents,
    ScratchOptions Options,
    BaseImage? Base,
    IReadOnlyList<ScratchImageLayer> Layers);
