using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Views;

/// <summary>Every output type has a view, every view fits, and every cell of it can be evaluated on real objects.</summary>
public sealed class ViewTests(ViewSamples samples) : IClassFixture<ViewSamples>, IDisposable
{
    private const int Columns = 80;

    /// <summary>What the last column, which takes what the others leave, has to have at least.</summary>
    private const int LastColumn = 10;

    /// <summary>Their Path is one in an image: no file that another cmdlet could read.</summary>
    private static readonly string[] InImage = ["GoCross.Images.FileChange", "GoCross.Images.ImageFile", "GoCross.Images.ImageTreeItem"];

    /// <summary>They tell of this machine's own programs, and of nothing that comes from elsewhere.</summary>
    private static readonly string[] OfThisMachine = ["GoCross.Toolchains.Toolchain", "GoCross.Builds.TargetSupport"];

    private readonly ExportedModule _exported = new();
    private readonly IReadOnlyList<FormatView> _views =
        FormatView.ReadAll(ExportedModule.ManifestList("FormatsToProcess"));

    [Fact]
    public void Every_output_type_has_a_view_and_a_sample()
    {
        // What is .NET's, true and false, PowerShell shows by itself.
        string[] types =
        [
            .. _exported.Cmdlets.SelectMany(cmdlet => cmdlet.OutputType).Select(type => type.Name)
                .Where(name => !name.StartsWith("System.", StringComparison.Ordinal)).Distinct(),
        ];

        Assert.All(types, type => Assert.True(_views.Any(view => view.TypeNames.Contains(type)), $"{type} has no view."));
        Assert.All(types, type => Assert.True(
            samples.All.Any(made => made.Sample.OutputType == type), $"{type} has no sample: implement {nameof(IViewSample)}."));
    }

    [Fact]
    public void Every_view_is_of_a_type_of_ours()
    {
        // A misspelt name is a view that is never used.
        Type[] types =
        [
            .. Directory.GetFiles(Path.Combine(Checkout.Root, "bin"), "GoCross.*.dll")
                .SelectMany(file => Assembly.LoadFrom(file).GetExportedTypes()),
        ];
        Assert.All(_views, view => Assert.All(view.TypeNames, name => Assert.Contains(types, type => type.FullName == name)));
    }

    [Fact]
    public void Every_table_fits_the_screen_and_streams()
    {
        foreach (XElement table in _views.Select(view => view.Definition.Element("TableControl")).OfType<XElement>())
        {
            string name = table.Parent!.Element("Name")!.Value;
            Assert.True(table.Element("AutoSize") is null, $"{name} has AutoSize, which holds rows back.");

            int?[] widths = [.. table.Element("TableHeaders")!.Elements("TableColumnHeader").Select(Width)];
            Assert.True(widths[^1] is null, $"{name}: the last column has a width.");
            Assert.True(widths[..^1].All(width => width is not null), $"{name}: a column before the last has no width.");
            int taken = widths[..^1].Sum(width => width!.Value + 1);
            Assert.True(taken <= Columns - LastColumn, $"{name}: its columns take {taken} of {Columns}.");
        }
    }

    [Fact]
    public void What_heads_a_column_is_a_property_that_one_sorts_and_selects_by()
    {
        // A header of several words heads a cell that is put together of several properties.
        Dictionary<string, Type> types = Directory.GetFiles(Path.Combine(Checkout.Root, "bin"), "GoCross.*.dll")
            .SelectMany(file => Assembly.LoadFrom(file).GetExportedTypes()).ToDictionary(type => type.FullName!);
        IEnumerable<string> wrong =
            from view in _views
            where view.Definition.Element("TableControl") is not null
            from header in view.Definition.Element("TableControl")!.Element("TableHeaders")!.Elements("TableColumnHeader")
            let label = header.Element("Label")?.Value ?? string.Empty
            where label.Length > 0 && label.All(char.IsLetter)
            from name in view.TypeNames
            where types[name].GetProperty(label) is null
            select $"{name} has no property {label}, which heads a column.";

        Assert.Empty(wrong);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Every_cell_of_every_view_can_be_evaluated()
    {
        Assert.All(samples.ThatCanBeMade, made =>
        {
            Assert.True(made.Objects.Count > 0, $"{made.Sample.GetType().Name} gave no object.");
            var check = new CellCheck(made.Host);
            foreach (PSObject value in made.Objects)
            {
                Assert.Equal(made.Sample.OutputType, value.TypeNames[0]);
                List<string> problems = [.. _views
                    .Where(view => view.TypeNames.Any(value.TypeNames.Contains))
                    .SelectMany(view => check.Check(view, value))];
                Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
            }
        });
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void What_a_cmdlet_emits_for_a_file_has_a_full_name()
    {
        Type[] files =
        [
            .. _exported.Cmdlets.SelectMany(cmdlet => cmdlet.OutputType).Select(type => type.Type)
                .Where(type => type.GetProperty("Path") is not null && !InImage.Contains(type.FullName)).Distinct(),
        ];
        Assert.NotEmpty(files);
        Assert.All(samples.ThatCanBeMade.Where(made => files.Any(type => type.FullName == made.Sample.OutputType)), made =>
            Assert.All(made.Objects, value =>
            {
                PSPropertyInfo? name = value.Properties["FullName"];
                Assert.True(name is not null, $"{made.Sample.OutputType} has a Path and no FullName.");
                Assert.Equal(value.Properties["Path"].Value, name.Value);
            }));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Every_list_of_what_is_emitted_can_be_indexed()
    {
        // PowerShell finds an indexer only on an array or a type that is public. On what the compiler makes of a collection
        // expression, $report.MissingInRoot[0] is the whole list.
        List<string> hidden =
        [
            .. samples.ThatCanBeMade.SelectMany(made => made.Objects).SelectMany(value => ListsOfHiddenTypes(value.BaseObject)).Distinct(),
        ];

        Assert.True(hidden.Count == 0, string.Join(Environment.NewLine, hidden));
    }

    private static IEnumerable<string> ListsOfHiddenTypes(object value)
    {
        foreach (PropertyInfo property in value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            object? content = property.GetValue(value);
            if (content is System.Collections.IEnumerable and not string and var list)
            {
                Type type = list.GetType();
                if (!type.IsArray && !type.IsVisible)
                {
                    yield return $"{value.GetType().Name}.{property.Name} is a {type.Name}.";
                }

                foreach (string inner in list.Cast<object>().Take(3).Where(IsOurs).SelectMany(ListsOfHiddenTypes))
                {
                    yield return inner;
                }
            }
            else if (content is not null && IsOurs(content))
            {
                foreach (string inner in ListsOfHiddenTypes(content))
                {
                    yield return inner;
                }
            }
        }
    }

    private static bool IsOurs(object value) =>
        value is not Enum && value.GetType().Namespace?.StartsWith("GoCross", StringComparison.Ordinal) == true;

    [Trait("Speed", "Slow")]
    [Fact]
    public void Every_sample_is_shown_in_80_columns()
    {
        Assert.All(samples.ThatCanBeMade, made =>
        {
            string text = made.Host.RenderObjects(made.Objects);
            Assert.False(string.IsNullOrWhiteSpace(text), $"{made.Sample.GetType().Name} shows nothing.");
            Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd().Length <= Columns, $"Too long: {line}"));
        });
    }

    // A file, a program or an image names things, and a terminal or the reader of a log would obey what is in the names.
    [Trait("Speed", "Slow")]
    [Fact]
    public void No_view_shows_a_control_character_of_any_text()
    {
        List<string> raw = [];
        foreach (MadeSample made in samples.ThatCanBeMade.Where(made => !OfThisMachine.Contains(made.Sample.OutputType)))
        {
            using var marked = new MarkedTexts(made.Objects.Select(value => value.BaseObject));
            string[] types = [.. made.Objects.SelectMany(value => value.TypeNames).Distinct()];
            string[] formats =
            [
                "Out-String -Width 4000",
                .. _views.Where(view => view.TypeNames.Any(types.Contains)).Select(view => view.Definition)
                    .Where(definition => definition.Element("TableControl") is not null || definition.Element("ListControl") is not null)
                    .Select(definition => (definition.Element("TableControl") is null ? "Format-List" : "Format-Table")
                        + $" -View {definition.Element("Name")!.Value} | Out-String -Width 4000"),
            ];
            foreach (string format in formats.Distinct())
            {
                HostedResult result = made.Host.Invoke("$args[0] | " + format, [made.Objects.ToArray()]);
                raw.AddRange(string.Concat(result.Output).Split('\n').Where(line => line.Contains(MarkedTexts.Mark))
                    .Select(line => $"{made.Sample.OutputType}, {format}: {line.Trim().Replace(MarkedTexts.Mark, '#')}"));
            }
        }

        Assert.True(raw.Count == 0, string.Join(Environment.NewLine, raw.Distinct()));
    }

    public void Dispose() => _exported.Dispose();

    private static int? Width(XElement header) => header.Element("Width") is { } width
        ? int.Parse(width.Value, CultureInfo.InvariantCulture)
        : null;
}
