using System.Text;
using GoCross.GoBinaries;

namespace GoCross.Tests.GoBinaries;

/// <summary>Compares build information with what <c>go version -m</c> prints.</summary>
internal static class GoVersion
{
    /// <summary>Fails the test where GoCross and Go tell something else about a program.</summary>
    internal static void AssertSame(string path)
    {
        string printed = Programs.Output(
            "go", ["version", "-m", path], environment: new Dictionary<string, string?> { ["GOTOOLCHAIN"] = "local", ["GOFLAGS"] = "" });

        // After a replaced module Go prints a line with nothing but a tab.
        string expected = printed.Replace("\n\t\n", "\n", StringComparison.Ordinal);
        Assert.Equal(expected, $"{path}: {Render(GoBuildInfoReader.TryRead(path)!)}");
    }

    /// <summary>What go version -m would print of it, but for the file's name.</summary>
    internal static string Render(GoBuildInfo info)
    {
        var text = new StringBuilder();
        if (info.Path.Length > 0)
        {
            text.Append("\tpath\t").Append(info.Path).Append('\n');
        }

        if (info.Main is { } main)
        {
            RenderModule(text, "mod", main);
        }

        foreach (GoModule module in info.Deps)
        {
            RenderModule(text, "dep", module);
        }

        foreach (GoBuildSetting setting in info.Settings)
        {
            text.Append("\tbuild\t").Append(setting.Key).Append('=').Append(Quote(setting.Value)).Append('\n');
        }

        return info.GoVersion + "\n" + text;
    }

    private static void RenderModule(StringBuilder text, string word, GoModule module)
    {
        text.Append('\t').Append(word).Append('\t').Append(module.Path).Append('\t').Append(module.Version);
        if (module.Replace is { } replacement)
        {
            text.Append('\n');
            RenderModule(text, "=>", replacement);
        }
        else
        {
            text.Append('\t').Append(module.Sum).Append('\n');
        }
    }

    /// <summary>As runtime/debug.BuildInfo.String: in quotes what holds spaces or quotes.</summary>
    private static string Quote(string value) => value.IndexOfAny([' ', '\t', '"', '`']) < 0
        ? value
        : "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal) + "\"";
}
