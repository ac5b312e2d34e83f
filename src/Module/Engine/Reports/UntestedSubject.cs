namespace GoCross.Reports;

/// <summary>An image, a program or a package that could not be tested.</summary>
/// <param name="Subject">It as the user named it; empty where it has no name.</param>
/// <param name="ErrorId">The error's stable name.</param>
/// <param name="Message">What happened.</param>
public sealed record UntestedSubject(string Subject, string ErrorId, string Message);
