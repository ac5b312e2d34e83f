namespace GoCross.Packers;

/// <summary>How hard UPX compresses.</summary>
public enum UpxMethod
{
    /// <summary>UPX's default: NRV2E.</summary>
    Default,

    /// <summary>--best: tries more, and unpacks as fast.</summary>
    Best,

    /// <summary>--best --lzma: the smallest file, and three to four times slower to unpack.</summary>
    Lzma,
}
