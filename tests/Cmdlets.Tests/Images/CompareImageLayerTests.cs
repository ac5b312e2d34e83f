using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;
using GoCross.Cmdlets.Tests.Support;

namespace GoCross.Cmdlets.Tests.Images;

public sealed class CompareImageLayerTests : IDisposable
{
    private readonly ModuleHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Two_archives_at_the_session_s_location_are_compared()
    {
        SampleImages.Write(_host.Location);

        dynamic comparison = _host.Invoke("Compare-ImageLayer glibc.tar ./static.tar").Single();

        // 300 + 2,000,000 + 5 + 3,000,000 bytes against 300 + 2,500,000 + 200,000.
        Assert.Equal(5_000_305L, (long)comparison.ReferenceSize);
        Assert.Equal(2_700_300L, (long)comparison.DifferenceSize);
        Assert.Equal(-2_300_005L, (long)comparison.SizeDifference);
        Assert.Equal(-45.997, (double)comparison.SizeDifferencePercent, 3);
        Assert.Equal((1, 2, 1), ((int)comparison.FilesAdded, (int)comparison.FilesRemoved, (int)comparison.FilesChanged));
        Assert.Equal(("glibc.tar", "./static.tar"), ((string)comparison.Reference, (string)comparison.Difference));
    }

    [Fact]
    public void Layer_emits_the_layers_beside_each_other()
    {
        SampleImages.Write(_host.Location);

        HostedResult result = _host.Invoke("Compare-ImageLayer glibc.tar static.tar -Layer | ForEach-Object { $_.SideIndicator + $_.CreatedBy }");

        Assert.Equal(
            ["==COPY step 0", "<=COPY step 1", "<>COPY step 1", "=>COPY step 2"],
            result.AssertNoErrors().Output.Select(row => row.ToString()));
    }

    [Fact]
    public void File_emits_what_differs_between_the_file_systems_and_with_Layer_between_the_layers()
    {
        ImageFile.Write(In("a.tar"), "{}", [("x", [1])], [("x", [2, 2])]);
        ImageFile.Write(In("b.tar"), "{}", [("x", [1])], [("x", [3, 3, 3])], [("y", [1])]);

        string[] Changes(string switches) => [.. _host
            .Invoke($"Compare-ImageLayer a.tar b.tar {switches} | ForEach-Object {{ '{{0}} {{1}} {{2}}>{{3}}' -f $_.Path, $_.Change, $_.ReferenceLayer, $_.DifferenceLayer }}")
            .AssertNoErrors().Output.Select(row => row.ToString())];

        Assert.Equal(["/x Modified 1>1", "/y Added >2"], Changes("-File"));
        Assert.Equal(["/x Modified 1>1", "/y Added >2"], Changes("-File -Layer"));
    }

    [Fact]
    public void Images_come_down_the_pipeline_by_value_and_by_property_name()
    {
        SampleImages.Write(_host.Location);

        HostedResult result = _host.Invoke(
            """
            'static.tar', [pscustomobject]@{ Path = 'glibc.tar' }, [pscustomobject]@{ FullName = "$PWD/empty.tar" }, [System.IO.FileInfo]::new("$PWD/static.tar") |
                Compare-ImageLayer glibc.tar
            """);

        Assert.Equal(
            ["static.tar", "glibc.tar", In("empty.tar"), In("static.tar")],
            result.AssertNoErrors().Output.Select(comparison => (string)comparison.Properties["Difference"].Value));
    }

    [ToolFact("go")]
    public void What_New_ScratchImage_writes_is_compared()
    {
        GoProgram.Build(GoProgram.Needy, In("api"));
        SampleImages.Write(_host.Location);

        dynamic comparison = _host.Invoke("New-ScratchImage api -WarningAction Ignore | Compare-ImageLayer empty.tar").Single();

        Assert.Equal(In("api-linux-amd64.tar"), (string)comparison.Difference);
        Assert.True((long)comparison.DifferenceSize >= new FileInfo(In("api")).Length);
        Assert.Equal(0L, (long)comparison.ReferenceSize);
    }

    [Fact]
    public void A_bad_image_is_an_error_of_its_own_and_the_others_go_on()
    {
        SampleImages.Write(_host.Location);
        _host.WriteFile("text", "no image");

        HostedResult result = _host.Invoke("'text', 'missing.tar', '', 'static.tar' | Compare-ImageLayer glibc.tar");

        Assert.Single(result.Output);
        Assert.Null(result.Terminating);
        Assert.Equal(3, result.Errors.Count);
        HostedResult.AssertIs(result.Errors[0], "NotAnImage", ErrorCategory.InvalidData);
        HostedResult.AssertIs(result.Errors[1], "PathNotFound", ErrorCategory.ObjectNotFound);
        HostedResult.AssertIs(result.Errors[2], "NoPath", ErrorCategory.InvalidArgument);
        Assert.Equal("missing.tar", result.Errors[1].TargetObject);
    }

    [Fact]
    public void A_bad_reference_ends_it()
    {
        SampleImages.Write(_host.Location);
        byte[] whole = File.ReadAllBytes(In("glibc.tar"));
        File.WriteAllBytes(In("cut.tar"), whole[..(whole.Length / 2)]);

        HostedResult result = _host.Invoke("'static.tar', 'empty.tar' | Compare-ImageLayer cut.tar");

        Assert.Empty(result.Output);
        ErrorRecord error = result.AssertError("ImageTruncated", ErrorCategory.InvalidData);
        Assert.Equal("ended", _host.Invoke("try { 'static.tar' | Compare-ImageLayer cut.tar } catch { 'ended' }").Single().BaseObject);
        Assert.Contains((whole.Length / 2).ToString(System.Globalization.CultureInfo.InvariantCulture), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_platform_that_is_none_ends_it_and_one_that_is_not_there_names_those_that_are()
    {
        SampleImages.Write(_host.Location);

        _host.Invoke("Compare-ImageLayer glibc.tar static.tar -Platform amd64").AssertError("PlatformInvalid", ErrorCategory.InvalidArgument);
        ErrorRecord error = _host.Invoke("Compare-ImageLayer glibc.tar static.tar -Platform linux/s390x").AssertError("PlatformNotFound", ErrorCategory.ObjectNotFound);

        Assert.Contains("linux/amd64", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_no_file_goes_to_the_Docker_engine()
    {
        HostedResult result = _host.Invoke(
            """
            $before = $env:DOCKER_HOST
            try { $env:DOCKER_HOST = "unix://$PWD/none.sock"; Compare-ImageLayer api:glibc api:static } finally { $env:DOCKER_HOST = $before }
            """);

        result.AssertError("EngineUnreachable", ErrorCategory.ResourceUnavailable);
    }

    [Fact]
    public void A_downstream_stop_ends_it()
    {
        SampleImages.Write(_host.Location);

        dynamic change = _host.Invoke("'static.tar', 'empty.tar', 'missing.tar' | Compare-ImageLayer glibc.tar -File | Select-Object -First 1").Single();

        Assert.Equal("/app", (string)change.Path);
    }

    [Fact]
    public void Stop_ends_it_in_the_midst_of_a_layer()
    {
        // A layer of 1 TiB, of which nothing is stored on disk, takes many minutes to hash on any machine; the stop comes
        // before. Read to its end it would be an error: its diff ID is wrong.
        ImageFile.Write(In("a.tar"), "{}", [("x", [1])]);
        WriteHugeImage(In("huge.tar"));
        using HostedInvocation invocation = _host.Begin("$args = 1; 'started'; Compare-ImageLayer a.tar huge.tar");
        Assert.True(invocation.WaitForOutput(1, TimeSpan.FromSeconds(30)));
        Thread.Sleep(200);

        HostedResult result = invocation.Stop();

        Assert.True(result.Stopped);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void The_view_has_sizes_bars_words_and_settings_in_80_columns()
    {
        SampleImages.Write(_host.Location);

        string text = _host.Render("Compare-ImageLayer glibc.tar static.tar");

        // The bar of the larger image is 54 columns; the other's 54 * 2,700,300 / 5,000,305 = 29.2.
        Assert.Equal(
            $"""
            Reference    4.77 MiB  {new string('█', 54)}
            Difference   2.58 MiB  {new string('█', 29)}
            Change      -2.19 MiB  -46.0 % smaller
            Files       1 added, 2 removed, 1 changed
            Layers      1 added, 1 removed, 1 changed, 1 the same
            """,
            string.Join('\n', text.Trim().Split('\n').Take(5).Select(line => line.TrimEnd())));
        Assert.Contains("User: 0 -> 65532:65532", text, StringComparison.Ordinal);
        Assert.Contains("glibc.tar (linux/amd64)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_path_may_have_an_image_s_name_behind_it()
    {
        SampleImages.Write(_host.Location);

        // To PowerShell the whole is a path on a drive called glibc.tar.
        Assert.Single(_host.Invoke("Compare-ImageLayer docker-archive:glibc.tar:@0 docker-archive:./static.tar:@0").AssertNoErrors().Output);
        _host.Invoke("Compare-ImageLayer docker-archive:none.tar:api:1 static.tar").AssertError("PathNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void The_view_counts_one_layer_as_one()
    {
        ImageFile.Write(In("a.tar"), "{}", [("x", [1])]);
        ImageFile.Write(In("b.tar"), "{}", [("x", [2])]);

        Assert.Contains(
            "0 added, 0 removed, 1 changed, 0 the same", _host.Render("Compare-ImageLayer a.tar b.tar"), StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_go_with_the_words()
    {
        SampleImages.Write(_host.Location);

        string text = _host.Render("Compare-ImageLayer glibc.tar static.tar -File", keepColours: true);

        Assert.Contains("\e[32mAdded", text, StringComparison.Ordinal);
        Assert.Contains("\e[31mRemoved", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Compare-ImageLayer ", new[] { "my dir/", "glibc.tar", "docker-archive:", "oci:", "docker-daemon:", "docker://" }, new[] { "notes.txt" })]
    [InlineData("Compare-ImageLayer gl", new[] { "glibc.tar" }, new[] { "static.tar", "oci:" })]
    [InlineData("Compare-ImageLayer glibc.tar ./st", new[] { "./static.tar" }, new[] { "./glibc.tar" })]
    [InlineData("Compare-ImageLayer glibc.tar -DifferenceImage docker-archive:st", new[] { "docker-archive:static.tar" }, new[] { "oci:" })]
    [InlineData("Compare-ImageLayer 'my dir/", new[] { "my dir/in.tar" }, new[] { "glibc.tar" })]
    [InlineData("Compare-ImageLayer a b -Platform linux/arm", new[] { "linux/arm64", "linux/arm/v7" }, new[] { "linux/amd64" })]
    [InlineData("Compare-ImageLayer docker://", new string[0], new[] { "docker://glibc.tar" })]
    [InlineData("Compare-ImageLayer /no/such/folder/x", new string[0], new[] { "glibc.tar" })]
    public void Images_and_platforms_are_completed(string line, string[] offered, string[] notOffered)
    {
        SampleImages.Write(_host.Location);
        _host.WriteFile("notes.txt", "x");
        _host.WriteFile("my dir/in.tar", "x");

        string[] results = [.. _host.Complete(line).Select(result => result.ListItemText)];

        Assert.All(offered, name => Assert.Contains(name, results));
        Assert.All(notOffered, name => Assert.DoesNotContain(name, results));
    }

    [UnixFact]
    public void Names_that_the_engine_has_are_completed_and_an_engine_that_is_silent_is_not_waited_for()
    {
        string socket = Path.Combine(_host.Location, "engine.sock");
        string? before = Environment.GetEnvironmentVariable("DOCKER_HOST");
        bool isSilent = false;
        using var engine = new TestServer(socket, call => isSilent
            ? Task.Delay(Timeout.Infinite, call.Stopped)
            : call.RespondAsync(200, """[{"RepoTags":["api:v1","web:v2"]},{"RepoTags":["<none>:<none>"]},{"RepoTags":null}]"""));
        string[] Complete(string word) => [.. _host.Complete("Compare-ImageLayer " + word).Select(result => result.CompletionText)];
        try
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", "unix://" + socket);

            // The first look may end before the client is loaded.
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            while (!Complete("ap").Contains("api:v1"))
            {
                Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "The engine's names are not offered.");
            }

            Assert.Equal(["docker-daemon:web:v2"], Complete("docker-daemon:w"));
            Assert.DoesNotContain("web:v2", Complete("docker://"));
            isSilent = true;
            Assert.Empty(Complete("docker-daemon:w"));
            Environment.SetEnvironmentVariable("DOCKER_HOST", "nonsense");
            Assert.Empty(Complete("docker-daemon:w"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", before);
        }
    }

    [Fact]
    public void An_image_of_a_registry_is_named_by_its_prefix()
    {
        SampleImages.Write(_host.Location);
        using var registry = new TestServer(call => call.RespondAsync(
            call.Path == "/v2/team/api/tags/list?n=1000" ? 200 : 404, """{"tags":["v1"]}"""));

        HostedResult result = _host.Invoke($"Compare-ImageLayer docker://{registry.Authority}/team/api:v2 static.tar");

        ErrorRecord error = result.AssertError("RegistryImageNotFound", ErrorCategory.ObjectNotFound);
        Assert.Contains("The nearest tags there: v1.", error.ToString(), StringComparison.Ordinal);
        _host.Invoke("Compare-ImageLayer docker://UPPER/CASE static.tar").AssertError("ImageReferenceInvalid", ErrorCategory.InvalidArgument);
    }

    private string In(string name) => Path.Combine(_host.Location, name);

    // A docker-archive whose only layer is a hole of 1 TiB in a sparse file: a tar of zeros is an empty layer.
    private static void WriteHugeImage(string path)
    {
        const long Size = 1L << 40;
        using var file = new FileStream(path, FileMode.CreateNew);
        void Entry(string name, long size, byte[]? content)
        {
            byte[] header = new byte[512];
            System.Text.Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
            System.Text.Encoding.ASCII.GetBytes("0000644\0").CopyTo(header, 100);

            // Eleven octal digits end at 8 GiB: in base 256, as GNU tar has it, the first bit says so.
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128, 8), size);
            header[124] = 0x80;
            header[156] = (byte)'0';
            header.AsSpan(148, 8).Fill((byte)' ');
            int sum = header.Sum(value => value);
            System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
            file.Write(header);
            if (content is not null)
            {
                file.Write(content);
            }

            file.Position += content is null ? size : (512 - (size % 512)) % 512;
        }

        byte[] config = """{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["sha256:0"]}}"""u8.ToArray();
        byte[] manifest = """[{"Config":"c.json","Layers":["l.tar"]}]"""u8.ToArray();
        Entry("c.json", config.Length, config);
        Entry("manifest.json", manifest.Length, manifest);
        Entry("l.tar", Size, null);
        file.SetLength(file.Position + 1024);
    }
}
