using System.Diagnostics;
using System.Globalization;
using GoCross.Images;

namespace GoCross.Bench.Images;

/// <summary>Reads an image in a process that does nothing else, to see what memory that takes at its peak.</summary>
internal static class ImageProbe
{
    /// <summary>The argument by which the benchmarks' own program becomes the probe.</summary>
    internal const string Argument = "--probe-image";

    /// <summary>The probe's side: reads the image, and tells the peak of its memory in KiB and its files.</summary>
    internal static int Run(string path)
    {
        ContainerImage image = Read(path);
        string peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        Console.WriteLine(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        Console.WriteLine(image.Layers.Sum(layer => layer.FileCount).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Reads an image whole: indexed, hashed, verified.</summary>
    internal static ContainerImage Read(string path) => new ImageReader()
        .ReadAsync(ImageLocation.Parse(path, name => name), CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Starts a probe.</summary>
    /// <returns>The peak of its memory in bytes, and the files of the image.</returns>
    internal static (long Peak, int Files) Start(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (string argument in (string[])[typeof(ImageProbe).Assembly.Location, Argument, path])
        {
            // The host of .NET takes the program's name; the program's own executable does not.
            if (argument != typeof(ImageProbe).Assembly.Location || Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            {
                start.ArgumentList.Add(argument);
            }
        }

        using Process process = Process.Start(start)!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return process.ExitCode == 0
            ? (1024 * long.Parse(lines[0], CultureInfo.InvariantCulture), int.Parse(lines[1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The probe ended with {process.ExitCode}.");
    }
}
