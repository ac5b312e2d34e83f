namespace GoCross.Reports;

/// <summary>An image that could not be tested.</summary>
/// <param name="Image">The image as the user named it.</param>
/// <param name="ErrorId">The error's stable name.</param>
/// <param name="Message">What happened.</param>
public sealed record UntestedImage(string Image, string ErrorId, string Message);
