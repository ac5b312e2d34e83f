namespace GoCross.Reports;

/// <summary>What a gate looks at.</summary>
public enum GateRule
{
    /// <summary>dive's lowestEfficiency: its efficiency score, from 0 to 1.</summary>
    LowestEfficiency,

    /// <summary>dive's highestWastedBytes.</summary>
    HighestWastedBytes,

    /// <summary>dive's highestUserWastedPercent: a ratio, whatever its name says.</summary>
    HighestUserWastedPercent,

    /// <summary>The share of the image's bytes that are in its file system in the end, from 0 to 1.</summary>
    MinimumEfficiency,

    /// <summary>Bytes that a rebuild would save.</summary>
    MaximumReclaimableBytes,

    /// <summary>Those bytes in per cent of the image's.</summary>
    MaximumReclaimablePercent,

    /// <summary>Bytes of the files in all layers.</summary>
    MaximumSize,

    /// <summary>Bytes by which the image is larger than the reference image.</summary>
    MaximumGrowth,

    /// <summary>The same in per cent of the reference image.</summary>
    MaximumGrowthPercent,

    /// <summary>How many layers there are.</summary>
    MaximumLayerCount,

    /// <summary>A path that must not be there.</summary>
    ForbiddenPath,

    /// <summary>Files that run as their owner or group, whoever starts them.</summary>
    NoSetuid,

    /// <summary>Whom the container runs as, if nobody says otherwise.</summary>
    NonRoot,

    /// <summary>Whether the program that the image starts can start in it.</summary>
    CanStart,

    /// <summary>Vulnerabilities that are known.</summary>
    Vulnerability,

    /// <summary>The age of the database of vulnerabilities.</summary>
    DatabaseAge,
}
