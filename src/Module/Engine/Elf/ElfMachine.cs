namespace GoCross.Elf;

/// <summary>The names of machines: e_machine's in the gABI, and what Go calls them.</summary>
public static class ElfMachine
{
    private const ushort Intel386 = 3;
    private const ushort Mips = 8;
    private const ushort PowerPC64 = 21;
    private const ushort S390 = 22;
    private const ushort Arm = 40;
    private const ushort X8664 = 62;
    private const ushort AArch64 = 183;
    private const ushort RiscV = 243;
    private const ushort LoongArch = 258;

    /// <summary>EF_MIPS_ABI2: the n32 convention, 64-bit code in a 32-bit file, which Go does not make.</summary>
    private const uint MipsN32 = 0x20;

    // The gABI's names (chapter 4, e_machine) without their EM_, in runs of numbers that follow each other.
    private static readonly (int First, string Names)[] Runs =
    [
        (0, "NONE M32 SPARC 386 68K 88K IAMCU 860 MIPS S370 MIPS_RS3_LE"),
        (15, "PARISC"),
        (17, "VPP500 SPARC32PLUS 960 PPC PPC64 S390 SPU"),
        (36, "V800 FR20 RH32 RCE ARM FAKE_ALPHA SH SPARCV9 TRICORE ARC H8_300 H8_300H H8S H8_500 IA_64 MIPS_X"),
        (52, "COLDFIRE 68HC12 MMA PCP NCPU NDR1 STARCORE ME16 ST100 TINYJ X86_64 PDSP PDP10 PDP11 FX66 ST9PLUS ST7"),
        (69, "68HC16 68HC11 68HC08 68HC05 SVX ST19 VAX CRIS JAVELIN FIREPATH ZSP MMIX HUANY PRISM AVR FR30 D10V"),
        (86, "D30V V850 M32R MN10300 MN10200 PJ OPENRISC ARC_COMPACT XTENSA VIDEOCORE TMM_GPP NS32K TPC SNP1K"),
        (100, "ST200 IP2K MAX CR F2MC16 MSP430 BLACKFIN SE_C33 SEP ARCA UNICORE EXCESS DXP ALTERA_NIOS2 CRX XGATE"),
        (116, "C166 M16C DSPIC30F CE M32C"),
        (131, "TSK3000 RS08 SHARC ECOG2 SCORE7 DSP24 VIDEOCORE3 LATTICEMICO32 SE_C17 TI_C6000 TI_C2000 TI_C5500"),
        (143, "TI_ARP32 TI_PRU"),
        (160, "MMDSP_PLUS CYPRESS_M8C R32C TRIMEDIA QDSP6 8051 STXP7X NDS32 ECOG1X MAXQ30 XIMO16 MANIK CRAYNV2 RX"),
        (174, "METAG MCST_ELBRUS ECOG16 CR16 ETPU SLE9X L10M K10M"),
        (183, "AARCH64"),
        (185, "AVR32 STM8 TILE64 TILEPRO MICROBLAZE CUDA TILEGX CLOUDSHIELD COREA_1ST COREA_2ND ARCV2 OPEN8 RL78"),
        (198, "VIDEOCORE5 78KOR 56800EX BA1 BA2 XCORE MCHP_PIC INTELGT"),
        (210, "KM32 KMX32 EMX16 EMX8 KVARC CDP COGE COOL NORC CSR_KALIMBA Z80 VISIUM FT32 MOXIE AMDGPU"),
        (243, "RISCV"),
        (247, "BPF"),
        (252, "CSKY"),
        (258, "LOONGARCH"),
        (36902, "ALPHA"),
    ];

    private static readonly Dictionary<int, string> Names = Runs
        .SelectMany(run => run.Names.Split(' ').Select((name, index) => (Number: run.First + index, Name: "EM_" + name)))
        .ToDictionary(machine => machine.Number, machine => machine.Name);

    /// <summary>What Go calls the machine (GOARCH), or null where Go makes no code for it.</summary>
    /// <param name="header">The file's header. Class, byte order and flags have a say.</param>
    public static string? Architecture(ElfHeader header)
    {
        bool wide = header.Class == ElfClass.Elf64;
        bool little = header.ByteOrder == ElfByteOrder.LittleEndian;
        return (header.Machine, wide, little) switch
        {
            (Intel386, false, true) => "386",
            (X8664, true, true) => "amd64",
            (Arm, false, true) => "arm",
            (AArch64, true, true) => "arm64",
            (LoongArch, true, true) => "loong64",
            (Mips, false, _) when (header.Flags & MipsN32) != 0 => null,
            (Mips, false, false) => "mips",
            (Mips, false, true) => "mipsle",
            (Mips, true, false) => "mips64",
            (Mips, true, true) => "mips64le",
            (PowerPC64, true, false) => "ppc64",
            (PowerPC64, true, true) => "ppc64le",
            (RiscV, true, true) => "riscv64",
            (S390, true, false) => "s390x",
            _ => null,
        };
    }

    /// <summary>The gABI's name of an e_machine, such as EM_AARCH64; one without a name is given as EM_0x1234.</summary>
    /// <param name="machine">The number.</param>
    public static string Name(ushort machine) => Names.GetValueOrDefault(machine) ?? $"EM_0x{machine:X4}";
}
