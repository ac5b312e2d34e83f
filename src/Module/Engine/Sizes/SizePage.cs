using System.Globalization;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.Reports;

namespace GoCross.Sizes;

/// <summary>Shows where the bytes of a program are: a treemap of modules and their packages, and tables with the same numbers.</summary>
public static class SizePage
{
    /// <summary>The size of the treemap's own units: tiles are placed in shares of it.</summary>
    private const double Width = 1200;
    private const double Height = 640;

    /// <summary>The height of a module's name, and the frame around its packages.</summary>
    private const double Strip = 18;
    private const double Frame = 2;

    /// <summary>More tiles in one are too small to be hit: the rest of a module becomes one tile.</summary>
    private const int MaxPackages = 120;

    /// <summary>The rest of the modules becomes one tile.</summary>
    private const int MaxModules = 60;

    /// <summary>A tile that has less than this of the map's sides is left without its name.</summary>
    private const double NamedWidth = 60;
    private const double NamedHeight = 16;

    private const string Style = """
        .map { position: relative; overflow: hidden; width: 100%; aspect-ratio: 1200 / 640; background: var(--line); }
        .map div { position: absolute; box-sizing: border-box; overflow: hidden; border: 1px solid var(--paper); font-size: 11px; line-height: 16px; }
        .map .module { background: color-mix(in srgb, var(--ink) 12%, var(--paper)); }
        .map .module > b { display: block; padding: 0 4px; white-space: nowrap; }
        .map .tile { cursor: default; color: #1f2328; padding: 0 3px; white-space: nowrap; }
        .map .tile:hover, .map .tile:focus { outline: 3px solid var(--bar); outline-offset: -3px; z-index: 1; }
        .told { min-height: 3em; border-left: 4px solid var(--bar); padding-left: .6rem; overflow-wrap: anywhere; }
        """;

    // Arrow keys go to the nearest tile in their direction; what is said of a tile is in the tile.
    private const string Script = """
        const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
        const middle = tile => { const r = tile.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; };
        for (const map of document.querySelectorAll(".map")) {
          const told = map.nextElementSibling, tiles = Array.from(map.querySelectorAll(".tile"));
          const tell = tile => { told.textContent = tile.getAttribute("aria-label"); };
          map.addEventListener("focusin", e => { if (e.target.classList.contains("tile")) tell(e.target); });
          map.addEventListener("mouseover", e => { const tile = e.target.closest(".tile"); if (tile) tell(tile); });
          map.addEventListener("keydown", e => {
            const way = ways[e.key];
            if (!way || !e.target.classList.contains("tile")) return;
            e.preventDefault();
            const [x, y] = middle(e.target);
            let best = null, least = Infinity;
            for (const tile of tiles) {
              const [a, b] = middle(tile), along = (a - x) * way[0] + (b - y) * way[1];
              const beside = Math.abs((a - x) * way[1]) + Math.abs((b - y) * way[0]);
              if (tile !== e.target && along > 0.5 && along + 2 * beside < least) { least = along + 2 * beside; best = tile; }
            }
            if (best) { e.target.tabIndex = -1; best.tabIndex = 0; best.focus(); }
          });
        }
        """;

    /// <summary>Writes the page to a file, whole or not at all.</summary>
    /// <param name="programs">The programs of one file: several of a universal Mach-O file.</param>
    /// <param name="path">The page's full path.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="Errors.GoCrossException">FileExists; PathIsDirectory; PathIsSpecial; OutputNotWritable.</exception>
    public static void Save(IReadOnlyList<MeasuredBinary> programs, string path, bool overwrite, CancellationToken cancellation = default) =>
        OutputFiles.WriteText(path, Of(programs, cancellation), overwrite);

    /// <summary>Makes the page.</summary>
    /// <param name="programs">The programs of one file.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>HTML that stands alone.</returns>
    internal static string Of(IReadOnlyList<MeasuredBinary> programs, CancellationToken cancellation = default)
    {
        var page = new HtmlPage(Path.GetFileName(programs[0].Path));
        page.WithStyle(Style).WithScript(Script);
        foreach (MeasuredBinary binary in programs)
        {
            Add(page, binary, cancellation);
        }

        return page.ToString();
    }

    private static void Add(HtmlPage page, MeasuredBinary binary, CancellationToken cancellation)
    {
        SizeReport report = binary.Report();
        page.Add($"<p>{HtmlPage.Escape(string.Join(", ", ((string?[])[report.Platform, report.GoVersion, report.Format.ToString()]).OfType<string>()))}: "
            + $"<b data-length=\"{report.Length}\">{Bytes(report.Length)}</b></p>");
        page.Add($"<h2>{Texts.SizePageMap}</h2><p class=\"soft\">{HtmlPage.Escape(Texts.SizePageKeys)}</p>");
        AddMap(page, binary, cancellation);
        page.Add("<p class=\"told\" aria-live=\"polite\"></p>");
        AddTable(page, Texts.SizePageKinds, report.Kinds, report.Length);
        AddTable(page, Texts.SizePageModules, binary.Shares(SizeDimension.Module, cancellation), report.Length);
        AddTable(page, Texts.SizePagePackages, binary.Shares(SizeDimension.Package, cancellation), report.Length);
        page.Add($"<h2>{Texts.SizePagePredictions}</h2>").AddTable(
            Texts.SizePagePredictions,
            ["Change", "Length>", "Saving>", "Why"],
            report.Predictions.Select(one => ((IReadOnlyList<string>)
                [HtmlPage.Escape(one.Change), Bytes(one.Length), Bytes(one.Saving), HtmlPage.Escape(one.Reason)], false)));
    }

    private static void AddMap(HtmlPage page, MeasuredBinary binary, CancellationToken cancellation)
    {
        Group[] groups = Groups(binary, cancellation);
        TreemapTile[] places = Treemap.Squarify([.. groups.Select(group => (double)group.Length)], new TreemapTile(0, 0, Width, Height));
        page.Add("<div class=\"map\" role=\"group\">");
        bool isFirst = true;
        for (int i = 0; i < groups.Length; i++)
        {
            (Group group, TreemapTile place) = (groups[i], places[i]);
            bool isNamed = place is { Width: > NamedWidth, Height: > 2 * Strip };
            TreemapTile inside = isNamed ? place.Inside(Strip, Frame) : place;
            page.Add($"<div class=\"module\" style=\"{Place(place)}\">{(isNamed ? $"<b>{HtmlPage.Escape(group.Name)}</b>" : string.Empty)}</div>");
            TreemapTile[] tiles = Treemap.Squarify([.. group.Parts.Select(part => (double)part.Length)], inside);
            for (int j = 0; j < tiles.Length; j++)
            {
                (string name, long length) = group.Parts[j];
                string label = string.Create(
                    CultureInfo.InvariantCulture, $"{name}: {Bytes(length)}, {100.0 * length / binary.Length:0.00} % ({group.Name})");
                page.Add(
                    $"<div class=\"tile\" role=\"img\" tabindex=\"{(isFirst ? 0 : -1)}\" data-name=\"{HtmlPage.Escape(name)}\" data-length=\"{length}\" "
                    + $"aria-label=\"{HtmlPage.Escape(label)}\" style=\"{Place(tiles[j])};background:{Colour(i)}\">"
                    + $"{(tiles[j] is { Width: > NamedWidth, Height: > NamedHeight } ? HtmlPage.Escape(Short(name, group.Name)) : string.Empty)}</div>");
                isFirst = false;
            }
        }

        page.Add("</div>");
    }

    // Every byte is in the map once: packages by module, and what belongs to no package by its kind.
    private static Group[] Groups(MeasuredBinary binary, CancellationToken cancellation)
    {
        Group[] groups =
        [
            .. binary.Shares(SizeDimension.Package, cancellation)
                .GroupBy(share => share.BelongsToNone ? Texts.SizePageNoPackage : binary.ModuleOf(share.Name))
                .Select(group => new Group(group.Key, group.Sum(share => share.Length), Cut(group.Select(share => (share.Name, share.Length)), MaxPackages)))
                .OrderByDescending(group => group.Length).ThenBy(group => group.Name, StringComparer.Ordinal),
        ];
        return groups.Length <= MaxModules
            ? groups
            : [.. groups.Take(MaxModules - 1), new Group(
                Texts.SizePageOthers,
                groups.Skip(MaxModules - 1).Sum(group => group.Length),
                Cut(groups.Skip(MaxModules - 1).Select(group => (group.Name, group.Length)), MaxPackages))];
    }

    private static (string Name, long Length)[] Cut(IEnumerable<(string Name, long Length)> parts, int most)
    {
        (string Name, long Length)[] all = [.. parts];
        return all.Length <= most ? all : [.. all.Take(most - 1), (Texts.SizePageOthers, all.Skip(most - 1).Sum(part => part.Length))];
    }

    private static void AddTable(HtmlPage page, string title, IReadOnlyList<SizeShare> shares, long whole)
    {
        double most = shares.Count == 0 ? 1 : shares[0].Length;
        page.Add($"<h2>{HtmlPage.Escape(title)}</h2>").AddTable(
            title,
            ["Name", "Length>", "Share>", "Code>", ""],
            shares.Select(share => ((IReadOnlyList<string>)
            [
                HtmlPage.Escape(share.Version is null ? share.Name : $"{share.Name} {share.Version}"),
                Bytes(share.Length),
                string.Create(CultureInfo.InvariantCulture, $"{100.0 * share.Length / whole:0.00} %"),
                share.Code > 0 ? Bytes(share.Code) : string.Empty,
                HtmlPage.Bar(share.Length / most),
            ], false)));
    }

    private static string Bytes(long? length) =>
        length is { } bytes ? bytes.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f') + " B" : "?";

    private static string Short(string name, string module) =>
        name.Length > module.Length && name.StartsWith(module, StringComparison.Ordinal) ? name[(module.Length + 1)..] : name;

    private static string Place(TreemapTile tile) =>
        $"left:{HtmlPage.Number(100 * tile.Left / Width)}%;top:{HtmlPage.Number(100 * tile.Top / Height)}%;"
        + $"width:{HtmlPage.Number(100 * tile.Width / Width)}%;height:{HtmlPage.Number(100 * tile.Height / Height)}%";

    // Neighbours differ: the golden angle around the circle of hues. Light enough for dark text in both themes.
    private static string Colour(int group) => $"hsl({HtmlPage.Number(group * 137.508 % 360)} 55% 75%)";

    /// <summary>A module with its packages.</summary>
    private sealed record Group(string Name, long Length, (string Name, long Length)[] Parts);
}
