using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GoCross.Isolated;

/// <summary>Reads YAML event by event.</summary>
internal static class YamlReader
{
    // The scanner looks at all open brackets for each new one.
    private const int MaxNesting = 100;

    /// <inheritdoc cref="GoCross.ContainerEngines.IIsolatedLibraries.ReadYamlMapping"/>
    internal static List<(string Name, string? Text, int Line)> ReadMapping(TextReader text, string section)
    {
        try
        {
            return ReadSection(new Parser(text), section);
        }
        catch (YamlException e)
        {
            throw Failure(e.Start, e.InnerException?.Message ?? e.Message, e);
        }
    }

    private static List<(string Name, string? Text, int Line)> ReadSection(Parser parser, string section)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || IsNull(parser))
        {
            return [];
        }

        Require<MappingStart>(parser, "the document is not a mapping");
        var anchors = new Dictionary<AnchorName, Scalar>();
        List<(string Name, string? Text, int Line)>? found = null;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (parser.TryConsume<Scalar>(out var name) && name.Value == section)
            {
                found = found is null
                    ? IsNull(parser) ? [] : ReadEntries(parser, section, anchors)
                    : throw Failure(name.Start, $"\"{section}\" stands twice");
            }
            else
            {
                Skip(parser, name is null, anchors);
            }
        }

        return found ?? [];
    }

    private static List<(string Name, string? Text, int Line)> ReadEntries(Parser parser, string section, Dictionary<AnchorName, Scalar> anchors)
    {
        Require<MappingStart>(parser, $"\"{section}\" is not a mapping");
        var entries = new List<(string Name, string? Text, int Line)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var name))
            {
                Skip(parser, withName: true, anchors);
                continue;
            }

            if (entries.Exists(entry => entry.Name == name.Value))
            {
                throw Failure(name.Start, $"\"{name.Value}\" stands twice");
            }

            Scalar? value = Value(parser, anchors);
            string? text = value is null ? parser.Accept<MappingStart>(out _) ? "{...}" : "[...]"
                : IsNull(value) ? null
                : value.Value;
            if (value is null)
            {
                Skip(parser, withName: false, anchors);
            }

            entries.Add((name.Value, text, (int)name.Start.Line));
        }

        return entries;
    }

    // A scalar, or the one that an alias stands for; null for what is neither.
    private static Scalar? Value(Parser parser, Dictionary<AnchorName, Scalar> anchors)
    {
        if (parser.TryConsume<Scalar>(out var value))
        {
            if (!value.Anchor.IsEmpty)
            {
                anchors[value.Anchor] = value;
            }

            return value;
        }

        return parser.Accept<AnchorAlias>(out var alias) && anchors.TryGetValue(alias.Value, out value)
            && parser.TryConsume<AnchorAlias>(out _)
            ? value
            : null;
    }

    // Goes over a value, and over the name before it where that is not text.
    private static void Skip(Parser parser, bool withName, Dictionary<AnchorName, Scalar> anchors)
    {
        for (int left = withName ? 2 : 1; left > 0; left--)
        {
            int depth = 0;
            do
            {
                ParsingEvent next = parser.Consume<ParsingEvent>();
                depth += next.NestingIncrease;
                if (depth > MaxNesting)
                {
                    throw Failure(next.Start, string.Create(CultureInfo.CurrentCulture, $"more than {MaxNesting} levels"));
                }

                if (next is Scalar { Anchor.IsEmpty: false } scalar)
                {
                    anchors[scalar.Anchor] = scalar;
                }
            }
            while (depth > 0);
        }
    }

    private static void Require<T>(Parser parser, string otherwise)
        where T : ParsingEvent
    {
        if (!parser.TryConsume<T>(out _))
        {
            throw Failure(parser.Current?.Start ?? Mark.Empty, otherwise);
        }
    }

    private static bool IsNull(Parser parser) => parser.Accept<Scalar>(out var scalar) && IsNull(scalar) && parser.TryConsume<Scalar>(out _);

    // YAML 1.2, 10.3.2, the core schema.
    private static bool IsNull(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private static FormatException Failure(Mark at, string what, Exception? cause = null) =>
        new(string.Create(CultureInfo.CurrentCulture, $"line {at.Line}: {what}"), cause);
}
