using System.Text.Json;
using System.Xml.Linq;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Gates;
using GoCross.Processes;
using GoCross.Reports;

namespace GoCross.Tests.Images;

/// <summary>
/// Reports, read back with .NET's readers. What must be there follows from SARIF 2.1.0 (OASIS, sections in the comments)
/// and from the schemas of JUnit's XML that Surefire and Jenkins' xUnit plugin check against.
/// </summary>
public sealed class GateReportTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void JUnit_has_a_suite_an_image_and_a_case_a_gate()
    {
        XElement root = XDocument.Load(Write(Report(), "gates.xml")).Root!;

        Assert.Equal("testsuites", root.Name);
        Assert.Equal(("5", "2", "1"), Counts(root));
        Assert.Equal(["api.tar", "dir/other.tar", "broken.tar"], root.Elements("testsuite").Select(suite => suite.Attribute("name")!.Value));
        XElement[] suites = [.. root.Elements("testsuite")];
        Assert.Equal([("2", "1", "0"), ("2", "1", "0"), ("1", "0", "1")], suites.Select(Counts));
        Assert.All(suites, suite => Assert.Equal("2024-01-02T03:04:05", suite.Attribute("timestamp")!.Value));
        Assert.Equal(
            ["MaximumSize api.tar", "ForbiddenPath *.pem api.tar", "MaximumSize dir/other.tar", "NoSetuid dir/other.tar", "Read broken.tar"],
            root.Descendants("testcase").Select(test => $"{test.Attribute("name")!.Value} {test.Attribute("classname")!.Value}"));
        XElement failure = suites[0].Descendants("failure").Single();
        Assert.Equal(("because", "ForbiddenPath"), (failure.Attribute("message")!.Value, failure.Attribute("type")!.Value));
        Assert.Equal("/a.pem\n/b\\x01\uD83D\uDE00\\ud83d", failure.Value);
        Assert.Equal("NotAnImage", suites[2].Descendants("error").Single().Attribute("type")!.Value);
        Assert.Equal(101, suites[1].Descendants("failure").Single().Value.Split('\n').Length);
    }

    [Fact]
    public void Sarif_has_what_its_specification_demands()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Write(Report(), "gates.sarif")));
        JsonElement log = document.RootElement;

        // 3.13.2 version, 3.13.4 runs; 3.14.6 tool; 3.18.2 driver; 3.19.8 name; 3.49.3 a rule's id.
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        JsonElement run = Assert.Single(log.GetProperty("runs").EnumerateArray());
        JsonElement driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("GoCross", driver.GetProperty("name").GetString());
        JsonElement[] rules = [.. driver.GetProperty("rules").EnumerateArray()];
        Assert.Equal(["MaximumSize", "ForbiddenPath", "NoSetuid"], rules.Select(rule => rule.GetProperty("id").GetString()));
        Assert.All(rules, rule => Assert.NotEqual(string.Empty, rule.GetProperty("shortDescription").GetProperty("text").GetString()));

        // 3.27.11 message; 3.27.5 and 3.27.6: the index is that of the rule's id; 3.28.3, 3.29.3, 3.4.5: the artifact's index.
        JsonElement[] results = [.. run.GetProperty("results").EnumerateArray()];
        JsonElement[] artifacts = [.. run.GetProperty("artifacts").EnumerateArray()];
        Assert.Equal(2, results.Length);
        Assert.All(results, result =>
        {
            Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
            Assert.Equal("error", result.GetProperty("level").GetString());
            Assert.NotEqual(string.Empty, result.GetProperty("message").GetProperty("text").GetString());
            JsonElement artifact = Assert.Single(result.GetProperty("locations").EnumerateArray()).GetProperty("physicalLocation").GetProperty("artifactLocation");
            Assert.Equal(
                artifact.GetProperty("uri").GetString(),
                artifacts[artifact.GetProperty("index").GetInt32()].GetProperty("location").GetProperty("uri").GetString());
        });
        JsonElement[] paths = [.. results[0].GetProperty("locations")[0].GetProperty("logicalLocations").EnumerateArray()];
        Assert.Equal("/a.pem", paths[0].GetProperty("fullyQualifiedName").GetString());
        Assert.Equal(100, results[1].GetProperty("locations")[0].GetProperty("logicalLocations").GetArrayLength());
        Assert.Equal("*.pem", results[0].GetProperty("properties").GetProperty("limit").GetString());

        // 3.20.14: an image that could not be read makes the invocation unsuccessful; 3.20.7: the times are UTC's.
        JsonElement invocation = Assert.Single(run.GetProperty("invocations").EnumerateArray());
        Assert.False(invocation.GetProperty("executionSuccessful").GetBoolean());
        Assert.Equal("2024-01-02T03:04:05.000Z", invocation.GetProperty("startTimeUtc").GetString());
        JsonElement notification = Assert.Single(invocation.GetProperty("toolExecutionNotifications").EnumerateArray());
        Assert.Equal("no image", notification.GetProperty("message").GetProperty("text").GetString());
    }

    [Fact]
    public void A_build_has_a_result_of_sarif_for_each_error_with_its_place_from_the_root()
    {
        string root = _folder.Path;
        GateReport report = Report() with { Root = root, Cases = [Build(passed: false, root), Build(passed: true, root)], Untested = [] };

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Write(report, "builds.sarif")));

        JsonElement[] results = [.. document.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()];
        Assert.Equal(["undefined: x", "unused"], results.Select(result => result.GetProperty("message").GetProperty("text").GetString()));
        JsonElement place = results[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("cmd/main.go", place.GetProperty("artifactLocation").GetProperty("uri").GetString());

        // 3.30.5 and 3.30.6: startLine and startColumn of the region.
        Assert.Equal(3, place.GetProperty("region").GetProperty("startLine").GetInt32());
        Assert.Equal(7, place.GetProperty("region").GetProperty("startColumn").GetInt32());
        JsonElement elsewhere = results[1].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("file:///usr/src/lib.go", elsewhere.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.False(elsewhere.TryGetProperty("region", out _));
        JsonElement rule = Assert.Single(document.RootElement.GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray());
        Assert.Equal("Build", rule.GetProperty("id").GetString());
    }

    [Fact]
    public void A_build_is_a_case_of_JUnit_with_its_time_and_its_errors()
    {
        GateReport report = Report() with { Cases = [Build(passed: false, "/src"), Build(passed: true, "/src")], Untested = [] };

        XElement suite = XDocument.Load(Write(report, "builds.xml")).Root!.Elements("testsuite").Single();

        Assert.Equal(("2", "1", "0"), Counts(suite));
        Assert.All(suite.Elements("testcase"), test => Assert.Equal("2.500", test.Attribute("time")!.Value));
        Assert.Equal("/src/cmd/main.go:3:7: error: undefined: x\n/usr/src/lib.go: error: unused", suite.Descendants("failure").Single().Value);
    }

    [Fact]
    public void Markdown_has_what_failed_first_and_no_markup_of_strangers()
    {
        GateReport report = Report() with { Cases = [Build(passed: true, "/src"), Build(passed: false, "/src") with { Subject = "a|b<img>`x`[l](u)\n# h" }] };

        string[] lines = File.ReadAllLines(Write(report, "summary.md"));

        Assert.Equal("## Test-ImageLayer: 2 of 3 failed", lines[0]);
        Assert.Equal("| ❌ failed | broken.tar |  | NotAnImage | no image |", lines[4]);
        Assert.Equal(@"| ❌ failed | a\|b\<img\>\`x\`\[l\](u)\\n\# h | linux/amd64 | Static | It does not compile. |", lines[5]);
        Assert.StartsWith("| ✅ passed | example.com/api |", lines[6], StringComparison.Ordinal);
        Assert.Equal(7, lines.Length);
    }

    // What a stranger may call an image, a file in it or the reason of an error.
    public static TheoryData<string> HostileNames { get; } = new(
        "\u001b[2J\u001b]0;x\a", "a\0b\r\nc\td", "]]><x y='\"'>&amp;&#x1b;<!--", "\uFFFE\uFFFF\u0085\u007f", "lone \uD83D high", "low \uDE00 lone",
        "\uD83D\uDE00", "abc\u202Efdp.exe\u2066\u200F", "byte \uDCFF not UTF-8", "\u2028::error::\u2029", "<script>alert(1)</script>", "../..\\..//%2e%2e?#");

    // XML 1.0, 2.2: what no document holds, and what it needs references for, is .NET's reader's to refuse.
    [Theory]
    [MemberData(nameof(HostileNames))]
    public void JUnit_of_hostile_names_is_XML_that_says_what_they_are(string name)
    {
        string path = Write(Hostile(name), "gates.xml");

        XElement root = XDocument.Load(path).Root!;

        string shown = Shown(name).Replace("\uFFFE", "\uFFFD").Replace("\uFFFF", "\uFFFD");
        Assert.Equal([shown, shown], root.Elements("testsuite").Select(suite => suite.Attribute("name")!.Value));
        XElement failure = root.Descendants("failure").Single();
        Assert.Equal((shown, shown), (failure.Attribute("message")!.Value, failure.Value));
        Assert.Equal(shown, root.Descendants("property").Single().Attribute("value")!.Value);
        Assert.Equal(shown, root.Descendants("error").Single().Attribute("message")!.Value);
        Assert.DoesNotContain(File.ReadAllText(path), character => character != '\n' && (char.IsControl(character) || IsBidi(character)));
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void Sarif_of_hostile_names_is_JSON_that_says_what_they_are(string name)
    {
        string path = Write(Hostile(name), "gates.sarif");

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));

        JsonElement run = document.RootElement.GetProperty("runs")[0];
        JsonElement result = Assert.Single(run.GetProperty("results").EnumerateArray());
        JsonElement notification = run.GetProperty("invocations")[0].GetProperty("toolExecutionNotifications")[0];
        string[] texts =
        [
            .. new[] { result, notification }.Select(element => element.GetProperty("message").GetProperty("text").GetString()!),
            result.GetProperty("locations")[0].GetProperty("logicalLocations")[0].GetProperty("fullyQualifiedName").GetString()!,
            result.GetProperty("properties").GetProperty("platform").GetString()!,
        ];
        Assert.Equal(Shown(name), texts[2]);
        Assert.All(texts, text => Assert.DoesNotContain(
            text, character => character is not ('\n' or '\t' or '\r') && (char.IsControl(character) || IsBidi(character))));
        Assert.All(
            run.GetProperty("artifacts").EnumerateArray().Select(artifact => artifact.GetProperty("location").GetProperty("uri").GetString()!),
            uri => Assert.Matches("^[A-Za-z0-9%._~/-]*$", uri));
    }

    // What GitHub makes of it, as its own renderer has it: a cell with the text, and neither a link nor an element.
    [ToolTheory("cmark-gfm")]
    [MemberData(nameof(HostileNames))]
    [InlineData("a|b`c`*d*_e_[f](g)![h](i)~~j~~ # k")]
    [InlineData("www.example.com WWW.example.com https://example.com/x http://example.com ftp://example.com")]
    [InlineData("mail user@example.com, mailto:user@example.com, xmpp:user@example.com, @team and user@@example.com")]
    public void Markdown_of_hostile_names_has_no_link_and_no_markup(string name)
    {
        string path = Write(Hostile(name), "summary.md");

        ProcessResult html = ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = Tools.Require("cmark-gfm"),
                Arguments = ["--unsafe", "--extension", "table", "--extension", "autolink", "--extension", "strikethrough", path],
                WorkingDirectory = _folder.Path,
            },
            CancellationToken.None).GetAwaiter().GetResult();

        // U+FFFE and U+FFFF are in no XML, and in HTML they are.
        XElement page = XElement.Parse($"<page>{html.StandardOutput.Replace('\uFFFE', '\uFFFD').Replace('\uFFFF', '\uFFFD')}</page>");
        Assert.Equal(
            ["h2", "page", "table", "tbody", "td", "th", "thead", "tr"],
            page.DescendantsAndSelf().Select(element => element.Name.LocalName).Distinct().Order(StringComparer.Ordinal));
        XElement[] rows = [.. page.Descendants("tbody").Single().Elements()];
        Assert.Equal(2, rows.Length);
        string shown = Shown(name).Trim().Replace('\uFFFE', '\uFFFD').Replace('\uFFFF', '\uFFFD');
        Assert.Equal(["❌ failed", shown, shown, $"ForbiddenPath {shown}", shown], rows[1].Elements().Select(cell => cell.Value));
    }

    private static GateReport Hostile(string name) => Report() with
    {
        Cases =
        [
            ReportCase.Of(Result(name, GateRule.ForbiddenPath, passed: false) with { Limit = name, Reason = name, Platform = name, Actual = 1, Paths = [name] }),
        ],
        Untested = [new UntestedSubject(name, "NotAnImage", name)],
    };

    // Derived by hand from C's escapes: what is obeyed is written out, the rest is as it was.
    private static string Shown(string name) => string.Concat(name.Select((character, i) => character switch
    {
        '\r' => @"\r",
        '\n' => @"\n",
        '\t' => @"\t",
        < ' ' or '\u007f' => $@"\x{(int)character:x2}",
        '\u0085' => @"\u0085",
        _ when IsBidi(character) => $@"\u{(int)character:x4}",
        '\u2028' or '\u2029' => $@"\u{(int)character:x4}",
        >= '\uDC80' and <= '\uDCFF' when i == 0 || !char.IsHighSurrogate(name[i - 1]) => $@"\x{character & 0xFF:x2}",
        _ when char.IsHighSurrogate(character) && (i + 1 == name.Length || !char.IsLowSurrogate(name[i + 1])) => $@"\u{(int)character:x4}",
        _ when char.IsLowSurrogate(character) && (i == 0 || !char.IsHighSurrogate(name[i - 1])) => $@"\u{(int)character:x4}",
        _ => character.ToString(),
    }));

    private static bool IsBidi(char character) =>
        character is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    [Theory]
    [InlineData("my image.tar", "my%20image.tar")]
    [InlineData("docker-archive:a.tar:api:1", "docker-archive%3Aa.tar%3Aapi%3A1")]
    [InlineData(@"C:\images\a.tar", "C%3A/images/a.tar")]
    [InlineData("/abs/#1?.tar", "/abs/%231%3F.tar")]
    public void Whatever_an_image_is_called_its_location_is_a_URI(string image, string uri)
    {
        GateReport report = Report() with { Cases = [ReportCase.Of(Result(image, GateRule.MaximumSize, passed: false))], Untested = [] };

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Write(report, "gates.sarif")));

        string actual = document.RootElement.GetProperty("runs")[0].GetProperty("artifacts")[0].GetProperty("location").GetProperty("uri").GetString()!;
        Assert.Equal(uri, actual);
        Assert.True(Uri.TryCreate(actual, UriKind.RelativeOrAbsolute, out _));
    }

    [Theory]
    [InlineData("a.xml", GateReportFormat.JUnit)]
    [InlineData("A.XML", GateReportFormat.JUnit)]
    [InlineData("a.sarif", GateReportFormat.Sarif)]
    [InlineData("a.sarif.json", GateReportFormat.Sarif)]
    [InlineData("a.md", GateReportFormat.Markdown)]
    public void The_name_tells_the_format(string name, GateReportFormat format) => Assert.Equal(format, GateReport.FormatOf(name));

    [Fact]
    public void A_name_that_does_not_tell_is_an_error() =>
        Assert.Equal("ReportFormatUnknown", Assert.Throws<GoCrossException>(() => GateReport.FormatOf("report.json")).ErrorId);

    private static GateReport Report() => new()
    {
        Started = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Duration = TimeSpan.FromSeconds(1.5),
        Cases =
        [
            ReportCase.Of(Result("api.tar", GateRule.MaximumSize, passed: true)),
            ReportCase.Of(Result("api.tar", GateRule.ForbiddenPath, passed: false) with { Limit = "*.pem", Actual = 2, Paths = ["/a.pem", "/b\u0001\uD83D\uDE00\uD83D"] }),
            ReportCase.Of(Result("dir/other.tar", GateRule.MaximumSize, passed: true)),
            ReportCase.Of(Result("dir/other.tar", GateRule.NoSetuid, passed: false) with { Limit = 0, Actual = 150, Paths = [.. Enumerable.Range(0, 150).Select(i => $"/bin/{i}")] }),
        ],
        Untested = [new UntestedSubject("broken.tar", "NotAnImage", "no image")],
    };

    private static ReportCase Build(bool passed, string root) => new()
    {
        Subject = "example.com/api",
        Platform = "linux/amd64",
        Name = "Static",
        Rule = ReportCase.Build,
        Passed = passed,
        Message = passed ? "It is built." : "It does not compile.",
        Duration = TimeSpan.FromSeconds(2.5),
        Places = passed ? [] :
        [
            new Annotation { IsError = true, Message = "undefined: x", File = Path.Combine(root, "cmd", "main.go"), Line = 3, Column = 7 },
            new Annotation { IsError = true, Message = "unused", File = "/usr/src/lib.go" },
        ],
    };

    private static GateResult Result(string image, GateRule rule, bool passed) => new()
    {
        Image = image,
        Platform = "linux/amd64",
        Rule = rule,
        Passed = passed,
        Limit = 10L,
        Actual = 5L,
        Reason = "because",
    };

    private static (string Tests, string Failures, string Errors) Counts(XElement element) =>
        (element.Attribute("tests")!.Value, element.Attribute("failures")!.Value, element.Attribute("errors")!.Value);

    private string Write(GateReport report, string name)
    {
        string path = Path.Combine(_folder.Path, name);
        using var file = AtomicFile.Create(path, overwrite: false);
        report.Write(file, GateReport.FormatOf(path));
        return path;
    }
}
