namespace GoCross.Progress;

/// <summary>How far the sending of an image is.</summary>
/// <param name="BytesSent">Bytes that are sent. It goes back where a part has to be sent again.</param>
/// <param name="TotalBytes">Bytes that are to be sent; 0 where it cannot be told.</param>
/// <param name="What">What is sent, or done, at the moment.</param>
public readonly record struct TransferProgress(long BytesSent, long TotalBytes, string What);
