namespace GoCross.Sboms;

/// <summary>How a bill of materials is written.</summary>
public enum SbomFormat
{
    /// <summary>CycloneDX 1.6 in JSON.</summary>
    CycloneDx,

    /// <summary>CycloneDX 1.5 in JSON, for programs that know no later one.</summary>
    CycloneDx15,

    /// <summary>CycloneDX 1.7 in JSON.</summary>
    CycloneDx17,

    /// <summary>SPDX 2.3 in JSON.</summary>
    Spdx,
}
