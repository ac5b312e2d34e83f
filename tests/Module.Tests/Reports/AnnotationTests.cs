using GoCross.Reports;

namespace GoCross.Tests.Reports;

/// <summary>
/// The lines that GitHub (actions/toolkit, core/src/command.ts) and Azure (azure-pipelines-task-lib, taskcommand.ts) read,
/// written out by hand by the rules there.
/// </summary>
public sealed class AnnotationTests
{
    private static readonly Annotation Whole = new()
    {
        IsError = true,
        Message = "undefined: x",
        Title = "api linux/amd64 Static",
        File = "/src/a,b:c;d]e%f.go",
        Line = 3,
        Column = 7,
    };

    [Theory]
    [InlineData(
        AnnotationFormat.GitHub,
        "::error file=/src/a%2Cb%3Ac;d]e%25f.go,line=3,col=7,title=api linux/amd64 Static::undefined: x")]
    [InlineData(
        AnnotationFormat.Azure,
        "##vso[task.logissue type=error;sourcepath=/src/a,b:c%3Bd%5De%AZP25f.go;linenumber=3;columnnumber=7;code=api linux/amd64 Static;]undefined: x")]
    [InlineData(AnnotationFormat.Compiler, "/src/a,b:c;d]e%f.go:3:7: error: undefined: x")]
    public void An_error_has_its_place_and_what_it_is_about(AnnotationFormat format, string line) =>
        Assert.Equal(line, Whole.ToLine(format));

    [Theory]
    [InlineData(AnnotationFormat.GitHub, "::warning::careful")]
    [InlineData(AnnotationFormat.Azure, "##vso[task.logissue type=warning;]careful")]
    [InlineData(AnnotationFormat.Compiler, "warning: careful")]
    public void A_warning_may_be_about_nothing(AnnotationFormat format, string line) =>
        Assert.Equal(line, new Annotation { IsError = false, Message = "careful" }.ToLine(format));

    [Theory]
    [InlineData(AnnotationFormat.GitHub, "::error::a%0A::add-path::/evil%0D%0A100%25")]
    [InlineData(AnnotationFormat.Azure, "##vso[task.logissue type=error;]a%0A::add-path::/evil%0D%0A100%AZP25")]
    [InlineData(AnnotationFormat.Compiler, @"error: a\n::add-path::/evil\r\n100%")]
    public void A_text_of_several_lines_is_one_line_and_no_command_of_its_own(AnnotationFormat format, string line) =>
        Assert.Equal(line, new Annotation { IsError = true, Message = "a\n::add-path::/evil\r\n100%" }.ToLine(format));

    [Theory]
    [InlineData(AnnotationFormat.GitHub)]
    [InlineData(AnnotationFormat.Azure)]
    [InlineData(AnnotationFormat.Compiler)]
    public void Whatever_a_stranger_writes_there_is_one_line_that_begins_as_ours(AnnotationFormat format)
    {
        string[] hostile =
        [
            "\n##vso[task.setvariable variable=x]y", "\r::set-output name=x::y", "\u2028::error::x", "\u001b[2K\u0085::stop-commands::x",
            "]##vso[task.complete]", "::", "a;b=c]d",
        ];
        string begin = new Annotation { IsError = true, Message = string.Empty, File = "f" }.ToLine(format).Split('f')[0];
        Assert.All(hostile, text =>
        {
            var annotation = new Annotation { IsError = true, Message = text, Title = text, File = "f" + text };
            string line = annotation.ToLine(format);
            Assert.StartsWith(begin, line, StringComparison.Ordinal);
            Assert.DoesNotContain(line, character => char.IsControl(character) || character is '\u2028' or '\u2029');
            if (format == AnnotationFormat.Azure)
            {
                // The command ends at the first bracket, which is ours.
                string properties = line["##vso[".Length..line.IndexOf(']', StringComparison.Ordinal)];
                Assert.StartsWith("task.logissue type=error;sourcepath=f", properties, StringComparison.Ordinal);
                Assert.Equal(4, properties.Split(';').Length);
            }
        });
    }

    [Theory]
    [InlineData("GITHUB_ACTIONS", "true", AnnotationFormat.GitHub)]
    [InlineData("TF_BUILD", "True", AnnotationFormat.Azure)]
    [InlineData("GITLAB_CI", "true", AnnotationFormat.Compiler)]
    [InlineData("GITHUB_ACTIONS", "false", AnnotationFormat.Compiler)]
    public void The_service_is_known_by_its_variables(string name, string value, AnnotationFormat format) =>
        Assert.Equal(format, Annotation.FormatFor(asked => asked == name ? value : null));
}
