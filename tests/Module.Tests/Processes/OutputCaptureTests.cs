using System.Text;
using GoCross.Processes;

namespace GoCross.Tests.Processes;

public sealed class OutputCaptureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void What_fits_is_kept_whole_however_it_comes(int piece)
    {
        string text = "grüße, 世界\n" + new string('x', 20);
        var capture = new OutputCapture(100);

        Feed(capture, Encoding.UTF8.GetBytes(text), piece);

        Assert.Equal(text, capture.ToString());
        Assert.Equal(Encoding.UTF8.GetByteCount(text), capture.Length);
        Assert.Equal(0, capture.LeftOut);
        Assert.NotNull(capture.FirstByte);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(17)]
    [InlineData(1000)]
    public void Of_a_flood_beginning_and_end_are_kept_and_the_rest_is_counted(int piece)
    {
        byte[] flood = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i:0000}")));
        var capture = new OutputCapture(20);

        Feed(capture, flood, piece);

        Assert.Equal("0000000100\n[... 3980 bytes left out ...]\n9709980999", capture.ToString());
        Assert.Equal(4000, capture.Length);
        Assert.Equal(3980, capture.LeftOut);
    }

    [Fact]
    public void What_fills_it_to_the_byte_is_whole()
    {
        var capture = new OutputCapture(10);

        Feed(capture, "0123456789"u8.ToArray(), 4);

        Assert.Equal("0123456789", capture.ToString());
        Feed(capture, "a"u8.ToArray(), 1);
        Assert.Equal("01234\n[... 1 bytes left out ...]\n6789a", capture.ToString());
    }

    [Fact]
    public void Where_nothing_came_there_is_no_first_byte()
    {
        var capture = new OutputCapture(10);
        capture.Add([]);

        Assert.Null(capture.FirstByte);
        Assert.Equal("", capture.ToString());
    }

    private static void Feed(OutputCapture capture, byte[] bytes, int piece)
    {
        foreach (byte[] chunk in bytes.Chunk(piece))
        {
            capture.Add(chunk);
        }
    }
}
