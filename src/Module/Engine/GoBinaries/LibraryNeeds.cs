using System.Text;
using GoCross.Formatting;

namespace GoCross.GoBinaries;

/// <summary>
/// The table of what Go's standard library asks of the system: which exported function opens which path or reads which
/// variable. It was made from all string literals of the source that are absolute paths and from all reads of variables,
/// of Go 1.21, 1.22, 1.23, 1.26 and 1.27 (Linux; tests, cmd and internal test support left out). What is not in it:
/// /dev/urandom, /dev/null, /proc/self/auxv, /sys/kernel/mm and the cgroup files, which the runtime reads in every program and
/// does without; what only another answer of the kernel leads to, or another file (/proc/sys/net/core/somaxconn of a listener,
/// /proc/sys/kernel/hostname where uname cuts a name off, /etc/mdns.allow where nsswitch.conf names mdns, /proc/self/fd and the
/// maps of ids for a process in a namespace of its own); variables that only change what is told or how much (GODEBUG,
/// GOTRACEBACK, GOMAXPROCS, RES_OPTIONS, PWD) or that the caller sets (net/http/cgi); and what is read of GOROOT and the go
/// command (go/build, go/importer), which a program to develop with runs on.
/// </summary>
internal static class LibraryNeeds
{
    /// <summary>The rows, at most as many as an unsigned long has bits. Of several with one kind and path the first counts.</summary>
    internal static readonly LibraryNeed[] Rows =
    [
        new(RuntimeNeedKind.CaCertificates, RuntimeNeeds.CaCertificatesPath, Texts.NeedCaCertificates)
        {
            // (*Certificate).Verify, SystemCertPool; the other places: certFiles and certDirectories.
            Source = "crypto/x509/root_unix.go, root_linux.go",
            Functions = ["crypto/x509.loadSystemRoots", "crypto/x509.initSystemRoots"],
            Variable = "SSL_CERT_FILE",
        },
        new(RuntimeNeedKind.TimeZones, RuntimeNeeds.TimeZonesPath, Texts.NeedTimeZones)
        {
            Source = "time/zoneinfo_unix.go, zoneinfo.go",
            Functions = ["time.LoadLocation"],
            Variable = "ZONEINFO",
        },
        new(RuntimeNeedKind.TemporaryDirectory, RuntimeNeeds.TemporaryDirectoryPath, Texts.NeedTemporaryDirectory)
        {
            Source = "os/file_unix.go, tempfile.go",
            Functions = ["os.TempDir", "os.tempDir", "os.CreateTemp", "os.MkdirTemp", "io/ioutil.TempFile", "io/ioutil.TempDir"],
            Variable = "TMPDIR",
        },
        new(RuntimeNeedKind.HomeDirectory, RuntimeNeeds.HomePath, Texts.NeedHomeDirectory)
        {
            // XDG_CACHE_HOME and XDG_CONFIG_HOME come first, where they are set.
            Source = "os/file.go",
            Functions = ["os.UserHomeDir", "os.UserCacheDir", "os.UserConfigDir"],
            Variable = "HOME",
        },
        new(RuntimeNeedKind.LocalTime, "/etc/localtime", Texts.NeedLocalTime)
        {
            // time.Local: Now, Local, Parse, Date and what prints them.
            Source = "time/zoneinfo_unix.go",
            Functions = ["time.initLocal"],
            Variable = "TZ",
            ProvidedBy = NeedProvider.User,
        },
        new(RuntimeNeedKind.MimeTypes, RuntimeNeeds.MimeTypesPath, Texts.NeedMimeTypes)
        {
            // Behind /usr/share/mime/globs2; net/http's FileServer and ServeContent ask, too.
            Source = "mime/type_unix.go",
            Functions = ["mime.TypeByExtension", "mime.ExtensionsByType", "mime.AddExtensionType"],
        },
        new(RuntimeNeedKind.Services, RuntimeNeeds.ServicesPath, Texts.NeedServicesAsked)
        {
            Source = "net/port_unix.go, lookup.go",
            Functions = ["net.LookupPort"],
        },
        new(RuntimeNeedKind.Services, RuntimeNeeds.ServicesPath, Texts.NeedServices)
        {
            // Dial, Listen, ResolveTCPAddr, ResolveUDPAddr and (*Resolver).LookupPort, with a name for a port.
            Source = "net/port_unix.go",
            Functions = ["net.readServices"],
            ProvidedBy = NeedProvider.User,
        },
        new(RuntimeNeedKind.Protocols, RuntimeNeeds.ProtocolsPath, Texts.NeedProtocolsAsked)
        {
            Source = "net/lookup_unix.go, iprawsock.go",
            Functions = ["net.DialIP", "net.ListenIP", "net.ResolveIPAddr"],
        },
        new(RuntimeNeedKind.Protocols, RuntimeNeeds.ProtocolsPath, Texts.NeedProtocols)
        {
            // Dial, Listen and ListenPacket on a network such as ip4:sctp.
            Source = "net/lookup_unix.go",
            Functions = ["net.lookupProtocol"],
            ProvidedBy = NeedProvider.User,
        },
        new(RuntimeNeedKind.NameResolution, "/etc/resolv.conf", Texts.NeedResolvConf)
        {
            Source = "net/dnsclient_unix.go, dnsconfig_unix.go",
            Functions = ["net.dnsReadConfig"],
            ProvidedBy = NeedProvider.ContainerEngine,
        },
        new(RuntimeNeedKind.NameResolution, "/etc/hosts", Texts.NeedHosts)
        {
            Source = "net/hosts.go, hook_unix.go",
            Functions = ["net.readHosts"],
            ProvidedBy = NeedProvider.ContainerEngine,
        },
        new(RuntimeNeedKind.NameResolution, "/etc/nsswitch.conf", Texts.NeedNsSwitch)
        {
            Source = "net/nss.go, conf.go",
            Functions = ["net.parseNSSConfFile"],
            ProvidedBy = NeedProvider.User,
        },
        new(RuntimeNeedKind.Syslog, "/dev/log", Texts.NeedSyslog)
        {
            // New, NewLogger, Dial without a network; then /var/run/syslog and /var/run/log.
            Source = "log/syslog/syslog_unix.go",
            Functions = ["log/syslog.unixSyslog"],
            ProvidedBy = NeedProvider.User,
        },
        new(RuntimeNeedKind.ProcessFiles, "/proc/self/exe", Texts.NeedExecutable)
        {
            Source = "os/executable_procfs.go",
            Functions = ["os.Executable"],
            ProvidedBy = NeedProvider.ContainerEngine,
        },
        new(RuntimeNeedKind.ProcessFiles, "/proc/self/maps", Texts.NeedProfile)
        {
            // StartCPUProfile, (*Profile).WriteTo, and net/http/pprof.
            Source = "runtime/pprof/proto_other.go",
            Functions = ["runtime/pprof.parseProcSelfMaps"],
            ProvidedBy = NeedProvider.ContainerEngine,
        },
        new(RuntimeNeedKind.ProcessFiles, "/proc/net/igmp", Texts.NeedMulticast)
        {
            // (*Interface).MulticastAddrs
            Source = "net/interface_linux.go",
            Functions = ["net.parseProcNetIGMP"],
            ProvidedBy = NeedProvider.ContainerEngine,
        },
        new(RuntimeNeedKind.CoverageDirectory, "$GOCOVERDIR", Texts.NeedCoverage)
        {
            // What go build -cover links in.
            Source = "internal/coverage/cfile/emit.go; until 1.22 runtime/coverage/emit.go",
            Functions = ["internal/coverage/cfile.initHook", "internal/coverage/cfile.InitHook", "runtime/coverage.initHook"],
            Variable = "GOCOVERDIR",
            ProvidedBy = NeedProvider.User,
        },
        new(RuntimeNeedKind.Program, RuntimeNeeds.AnyProgram, Texts.NeedProgram)
        {
            // Of os/exec all ways lead to Start; names without a slash are looked for on PATH.
            Source = "os/exec/exec.go, lp_unix.go; os/exec_posix.go; syscall/exec_unix.go",
            Functions = ["os/exec.(*Cmd).Start", "os.StartProcess", "syscall.Exec", "syscall.ForkExec"],
            Variable = "PATH",
            ProvidedBy = NeedProvider.User,
        },
        new(RuntimeNeedKind.ProcessFiles, "/dev/null", Texts.NeedDevNull)
        {
            // What a command reads and writes where Stdin, Stdout and Stderr are not set.
            Source = "os/exec/exec.go",
            Functions = ["os/exec.(*Cmd).Start"],
            ProvidedBy = NeedProvider.ContainerEngine,
        },
        new(RuntimeNeedKind.LoadedLibrary, RuntimeNeeds.AnyLibrary, Texts.NeedPlugin)
        {
            Source = "plugin/plugin_dlopen.go",
            Functions = ["plugin.Open", "plugin.open"],
            ProvidedBy = NeedProvider.User,
        },
    ];

    // By the length of the name: one comparison rules most of the table's tens of thousands of names out.
    private static readonly (byte[] Name, int Row)[][] ByLength = Index();

    /// <summary>The rows that a function's name belongs to, as bits.</summary>
    /// <param name="name">The name, in UTF-8.</param>
    internal static ulong Of(ReadOnlySpan<byte> name)
    {
        ulong rows = 0;
        if (name.Length < ByLength.Length)
        {
            foreach ((byte[] function, int row) in ByLength[name.Length])
            {
                if (name.SequenceEqual(function))
                {
                    rows |= 1UL << row;
                }
            }
        }

        return rows;
    }

    /// <summary>Whether rows have a kind of need.</summary>
    internal static bool Has(ulong rows, RuntimeNeedKind kind) => In(rows).Any(row => row.Kind == kind);

    /// <summary>The rows of a set, in their order.</summary>
    internal static IEnumerable<LibraryNeed> In(ulong rows) => Rows.Where((_, index) => (rows & (1UL << index)) != 0);

    private static (byte[] Name, int Row)[][] Index()
    {
        (byte[] Name, int Row)[] all =
            [.. Rows.SelectMany((row, index) => row.Functions.Select(function => (Encoding.UTF8.GetBytes(function), index)))];
        return [.. Enumerable.Range(0, all.Max(entry => entry.Name.Length) + 1)
            .Select(length => all.Where(entry => entry.Name.Length == length).ToArray())];
    }
}
