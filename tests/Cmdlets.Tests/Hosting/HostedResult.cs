using System.Management.Automation;

namespace GoCross.Cmdlets.Tests.Hosting;

/// <summary>What came out of a script.</summary>
internal sealed class HostedResult
{
    /// <summary>The objects.</summary>
    internal required IReadOnlyList<PSObject> Output { get; init; }

    /// <summary>The errors in their order; one that ended the script comes last.</summary>
    internal required IReadOnlyList<ErrorRecord> Errors { get; init; }

    /// <summary>The error that ended the script, if one did.</summary>
    internal required ErrorRecord? Terminating { get; init; }

    /// <summary>Whether the script was stopped.</summary>
    internal required bool Stopped { get; init; }

    internal required IReadOnlyList<string> Warnings { get; init; }

    internal required IReadOnlyList<string> Verbose { get; init; }

    internal required IReadOnlyList<string> Debug { get; init; }

    internal required IReadOnlyList<string> Information { get; init; }

    internal required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>
    /// What was written to the host: by -WhatIf, for example, or by Out-Default. Escape sequences included.
    /// </summary>
    internal required string HostText { get; init; }

    /// <summary>The questions that were asked, of -Confirm for example.</summary>
    internal required IReadOnlyList<string> Questions { get; init; }

    /// <summary>The only object. Fails the test where there is another number of them, or an error.</summary>
    internal PSObject Single()
    {
        AssertNoErrors();
        return Assert.Single(Output);
    }

    /// <summary>Fails the test with the errors' texts, if there are any.</summary>
    internal HostedResult AssertNoErrors()
    {
        Assert.True(
            Errors.Count == 0,
            "Errors: " + string.Join("\n", Errors.Select(error => $"[{error.FullyQualifiedErrorId}] {error}")));
        return this;
    }

    /// <summary>
    /// The only error, which must have the given id and what every error of the module has: a category, and a fix.
    /// </summary>
    internal ErrorRecord AssertError(string errorId, ErrorCategory category)
    {
        ErrorRecord error = Assert.Single(Errors);
        AssertIs(error, errorId, category);
        return error;
    }

    /// <summary>Fails the test unless the error has the given id and category, and names a fix.</summary>
    internal static void AssertIs(ErrorRecord error, string errorId, ErrorCategory category)
    {
        // An error that a cmdlet wrote has the cmdlet's type after the comma.
        Assert.Equal(errorId, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.False(string.IsNullOrWhiteSpace(error.ErrorDetails?.RecommendedAction), $"{errorId} names no fix.");
    }
}
