using System.Diagnostics;

namespace GoCross.Cmdlets.Tests.Builds;

/// <summary>Folders with Go source, each a module of its own.</summary>
internal static class GoFolder
{
    internal const string Hello = "package main\n\nfunc main() { println(\"hello\") }\n";

    /// <summary>Two errors, in lines 4 and 5.</summary>
    internal const string Bad = "package main\n\nfunc main() {\n\tvar _ int = \"a\"\n\tundefinedThing()\n}\n";

    /// <summary>Compiles, with a warning of the C compiler in line 3.</summary>
    internal const string Warned = "package main\n\n// #warning mind the gap\nimport \"C\"\n\nfunc main() {}\n";

    /// <summary>Writes main.go and go.mod into a folder, and gives the folder's full path.</summary>
    internal static string Write(string location, string name, string main)
    {
        string folder = Path.Combine(location, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "go.mod"), $"module example.com/{name}\n\ngo 1.21\n");
        File.WriteAllText(Path.Combine(folder, "main.go"), main);
        return folder;
    }

    /// <summary>Runs the real go command in a folder, and gives what it printed.</summary>
    internal static string Go(string folder, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Tools.Require("go"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"go {string.Join(' ', arguments)}: {process.ExitCode}");
        return output;
    }
}
