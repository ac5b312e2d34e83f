namespace GoCross.Tests;

/// <summary>A test that needs programs. Where one is missing, the test is skipped with the program's name.</summary>
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] tools)
    {
        if (Tools.FirstMissing(tools) is { } missing)
        {
            Skip = $"needs {missing}";
        }
    }
}

/// <summary>A theory that needs programs. Where one is missing, it is skipped with the program's name.</summary>
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params string[] tools)
    {
        if (Tools.FirstMissing(tools) is { } missing)
        {
            Skip = $"needs {missing}";
        }
    }
}

/// <summary>A test that needs Linux's root, to mount for example, and programs.</summary>
public sealed class RootToolFactAttribute : FactAttribute
{
    public RootToolFactAttribute(params string[] tools)
    {
        if (Tools.FirstMissing(tools) is { } missing)
        {
            Skip = $"needs {missing}";
        }
        else if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Skip = "needs root on Linux";
        }
    }
}
