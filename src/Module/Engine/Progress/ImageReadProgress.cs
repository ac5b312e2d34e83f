namespace GoCross.Progress;

/// <summary>How far the reading of layers is.</summary>
/// <param name="BytesRead">Stored bytes that were read.</param>
/// <param name="TotalBytes">Stored bytes that there are to read; 0 where it cannot be told, as with a Docker engine.</param>
public readonly record struct ImageReadProgress(long BytesRead, long TotalBytes);
