namespace GoCross.Shell;

/// <summary>The exit statuses that no script sets itself. The same as pwsh's.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;
    internal const int Failure = 1;

    /// <summary>EX_USAGE of sysexits.h: the command line was not understood.</summary>
    internal const int BadCommandLine = 64;

    /// <summary>EX_SOFTWARE of sysexits.h: the engine or the module could not be brought up.</summary>
    internal const int StartFailed = 70;

    /// <summary>What a shell reports for a program that a signal ended: 128 and the signal's number.</summary>
    internal const int Signal = 128;
}
