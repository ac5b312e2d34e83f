using System.Text.RegularExpressions;

namespace GoCross.Tests;

/// <summary>
/// The rooms of the engine lie in layers, and a room uses rooms of lower layers only (CONTRIBUTING, "The rooms"). Told from the
/// sources: from using directives, and from types that are named by their room.
/// </summary>
public sealed partial class RoomLayerTests
{
    /// <summary>The table. A room that is not in it fails the test.</summary>
    private static readonly string[][] Layers =
    [
        ["Formatting", "Progress"],
        ["Errors"],
        ["Names"],
        ["Certificates", "Files", "Oci", "Processes", "Targets"],
        ["ContainerEngines", "Elf", "Http", "Reports", "Toolchains"],
        ["GoBinaries", "Libraries", "Registries"],
        ["Binaries", "Images", "Packers"],
        ["Builds", "Roots"],
        ["Gates", "Runs", "Sboms", "Sizes"],
        ["Scratch", "Vulnerabilities"],
        ["Strategies"],
    ];

    private static readonly Dictionary<string, int> LayerOf = Layers
        .SelectMany((rooms, layer) => rooms.Select(room => (room, layer)))
        .ToDictionary(pair => pair.room, pair => pair.layer, StringComparer.Ordinal);

    private static readonly string Engine = Path.Combine(Checkout.Root, "src", "Module", "Engine");

    [Fact]
    public void A_room_has_one_namespace_and_is_in_the_table()
    {
        string[] strays =
        [
            .. Sources().Where(source => source.Namespace != $"GoCross.{source.Room}" || !LayerOf.ContainsKey(source.Room))
                .Select(source => $"{source.Path}: {source.Namespace}"),
        ];

        Assert.Empty(strays);
    }

    [Fact]
    public void A_room_uses_rooms_of_lower_layers_only()
    {
        Source[] sources = [.. Sources()];
        ILookup<string, string> roomsOfType = TypesOf(sources);

        string[] upward = [.. sources.SelectMany(source => Upward(source, roomsOfType))];

        Assert.NotEmpty(sources);
        Assert.Empty(upward);
    }

    [Theory]
    [InlineData("using GoCross.Images;\nnamespace GoCross.Elf;", true)]
    [InlineData("using GoCross.Toolchains;\nnamespace GoCross.Elf;", true)] // the same layer
    [InlineData("namespace GoCross.Elf;\nclass A { Images.ImageReader? _reader; }", true)]
    [InlineData("namespace GoCross.Elf;\nclass A { GoCross.Images.ImageReader? _reader; }", true)]
    [InlineData("using GoCross.Files;\nnamespace GoCross.Elf;", false)]
    [InlineData("namespace GoCross.Elf;\nclass A { int Count => Images.Count; }", false)] // a property of that name
    [InlineData("namespace GoCross.Elf;\n// see Images.ImageReader\nclass A;", false)]
    public void What_a_source_uses_is_found(string text, bool isUpward)
    {
        ILookup<string, string> roomsOfType = new[] { (Type: "ImageReader", Room: "Images") }.ToLookup(pair => pair.Type, pair => pair.Room);

        Assert.Equal(isUpward, Upward(new Source("Elf/A.cs", text), roomsOfType).Any());
    }

    private static IEnumerable<string> Upward(Source source, ILookup<string, string> roomsOfType)
    {
        IEnumerable<string> qualified = QualifiedName().Matches(Comment().Replace(source.Text, string.Empty))
            .Where(match => roomsOfType[match.Groups["type"].Value].Contains(match.Groups["room"].Value))
            .Select(match => match.Groups["room"].Value);
        return UsingDirective().Matches(source.Text)
            .Select(match => match.Groups["room"].Value)
            .Concat(qualified)
            .Distinct()
            .Where(room => room != source.Room && LayerOf[room] >= LayerOf[source.Room])
            .Select(room => $"{source.Path} (layer {LayerOf[source.Room]}) uses {room} (layer {LayerOf[room]})");
    }

    private static ILookup<string, string> TypesOf(IEnumerable<Source> sources) => sources
        .SelectMany(source => Declaration().Matches(source.Text).Select(match => (Type: match.Groups["type"].Value, source.Room)))
        .ToLookup(pair => pair.Type, pair => pair.Room);

    private static IEnumerable<Source> Sources() => Directory
        .EnumerateFiles(Engine, "*.cs", SearchOption.AllDirectories)
        .Select(path => new Source(Path.GetRelativePath(Engine, path).Replace('\\', '/'), File.ReadAllText(path)));

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?GoCross\.(?<room>\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();

    [GeneratedRegex(@"(?<![\w.])(?:GoCross\.)?(?<room>[A-Z]\w+)\.(?<type>[A-Z]\w+)")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^(?:public|internal) (?:(?:static|sealed|abstract|readonly|partial|ref) )*(?:class|struct|record struct|record|interface|enum) (?<type>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<!/)//(?!/).*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    /// <summary>A source of the engine.</summary>
    /// <param name="Path">Its path below the engine's folder, whose first part is the room.</param>
    /// <param name="Text">Its text.</param>
    private sealed partial record Source(string Path, string Text)
    {
        public string Room => Path[..Path.IndexOf('/', StringComparison.Ordinal)];

        public string Namespace => NamespaceDeclaration().Match(Text).Groups["name"].Value;

        [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
        private static partial Regex NamespaceDeclaration();
    }
}
