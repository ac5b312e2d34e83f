namespace GoCross.Images;

/// <summary>A part of a sparse file that is stored; between the parts are zeros.</summary>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct SparseSegment(long Offset, long Length);
