using System.Globalization;
using System.Text;
using System.Xml;
using GoCross.Formatting;

namespace GoCross.Reports;

/// <summary>
/// Writes JUnit's XML in the elements and attributes that the schemas in use agree on (Maven Surefire, surefire-test-report
/// 3.0; Jenkins' xUnit plugin, junit-10): a suite for each subject (an image, a program), a case for each gate, build or run.
/// </summary>
internal static class JUnitReport
{
    internal static void Write(GateReport report, Stream stream)
    {
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, CloseOutput = false };
        using var xml = XmlWriter.Create(stream, settings);
        int failures = report.Cases.Count(result => !result.Passed);
        xml.WriteStartElement("testsuites");
        Attribute(xml, "name", report.Command);
        Counts(xml, report.Cases.Count + report.Untested.Count, failures, report.Untested.Count);
        Attribute(xml, "time", Seconds(report.Duration));
        foreach (IGrouping<(string Subject, string Platform), ReportCase> suite in report.Cases.GroupBy(test => (test.Subject, test.Platform)))
        {
            xml.WriteStartElement("testsuite");
            Attribute(xml, "name", suite.Key.Subject);
            Counts(xml, suite.Count(), suite.Count(result => !result.Passed), 0);
            Moment(xml, report);
            xml.WriteStartElement("properties");
            xml.WriteStartElement("property");
            Attribute(xml, "name", "platform");
            Attribute(xml, "value", suite.Key.Platform);
            xml.WriteEndElement();
            xml.WriteEndElement();
            foreach (ReportCase test in suite)
            {
                WriteCase(xml, test);
            }

            xml.WriteEndElement();
        }

        foreach (UntestedSubject subject in report.Untested)
        {
            xml.WriteStartElement("testsuite");
            Attribute(xml, "name", subject.Subject);
            Counts(xml, 1, 0, 1);
            Moment(xml, report);
            StartCase(xml, "Read", subject.Subject, TimeSpan.Zero);
            xml.WriteStartElement("error");
            Attribute(xml, "message", subject.Message);
            Attribute(xml, "type", subject.ErrorId);
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, ReportCase test)
    {
        StartCase(xml, test.Name, test.Subject, test.Duration);
        if (!test.Passed)
        {
            xml.WriteStartElement("failure");
            Attribute(xml, "message", test.Message);
            Attribute(xml, "type", test.Rule);
            IEnumerable<string> details = GateText.Paths(test.Paths).Concat(test.Places.Select(place => place.ToLine(AnnotationFormat.Compiler)));
            xml.WriteString(Clean(string.Join('\n', details.Select(EscapedText.Of))));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void StartCase(XmlWriter xml, string name, string subject, TimeSpan duration)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "name", name);
        Attribute(xml, "classname", subject);
        Attribute(xml, "time", duration == TimeSpan.Zero ? "0" : Seconds(duration));
    }

    private static void Counts(XmlWriter xml, int tests, int failures, int errors)
    {
        Attribute(xml, "tests", tests.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "failures", failures.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "errors", errors.ToString(CultureInfo.InvariantCulture));
    }

    private static void Moment(XmlWriter xml, GateReport report)
    {
        Attribute(xml, "skipped", "0");
        Attribute(xml, "time", "0");
        Attribute(xml, "timestamp", report.Started.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
    }

    private static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Clean(EscapedText.Of(value)));

    // What is left that XML cannot hold: U+FFFE and U+FFFF.
    private static string Clean(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
        {
            return text;
        }

        var clean = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                clean.Append(text[i]).Append(text[++i]);
            }
            else
            {
                clean.Append(XmlConvert.IsXmlChar(text[i]) ? text[i] : '\uFFFD');
            }
        }

        return clean.ToString();
    }
}
