using GoCross.Files;

namespace GoCross.Tests.GoBinaries;

/// <summary>
/// Small programs, each of which uses one part of Go's standard library that asks something of its system, and prints what
/// it got: built in one go, once static and once with cgo and musl, which is static, too.
/// </summary>
public sealed class NeedPrograms : IDisposable
{
    private static readonly (string Name, string Imports, string Code)[] Sources =
    [
        ("tmp", "os;path/filepath", """p := filepath.Join(os.TempDir(), "need.txt"); fmt.Println(os.WriteFile(p, nil, 0o600)); os.Remove(p)"""),
        ("home", "os;path/filepath", """d, err := os.UserCacheDir(); if err == nil { err = os.MkdirAll(filepath.Join(d, "need"), 0o700) }; fmt.Println(err)"""),
        ("config", "os", """_, err := os.UserConfigDir(); fmt.Println(err)"""),
        ("zone", "time", """_, err := time.LoadLocation("Europe/Berlin"); fmt.Println(err)"""),
        ("local", "time", """fmt.Println(time.Unix(0, 0).Format("-0700"))"""),
        ("mime", "mime", """fmt.Printf("%q\n", mime.TypeByExtension(".need"))"""),
        ("files", "net/http;net/http/httptest", """r := httptest.NewRecorder(); http.ServeFile(r, httptest.NewRequest("GET", "/x", nil), "/x.csv"); fmt.Println(r.Code)"""),
        ("port", "net", """fmt.Println(net.LookupPort("tcp", "ldap"))"""),
        ("dial", "net", """_, err := net.Dial("tcp", "127.0.0.1:ldap"); fmt.Println(err)"""),
        ("protocol", "net", """fmt.Println(net.ResolveIPAddr("ip:sctp", "127.0.0.1"))"""),
        ("host", "net", """fmt.Println(net.LookupHost("box.test"))"""),
        ("resolver", "context;net", """r := net.Resolver{PreferGo: true}; fmt.Println(r.LookupHost(context.Background(), "box.test"))"""),
        ("roots", "crypto/x509", """p, err := x509.SystemCertPool(); if err != nil { fmt.Println(err) } else { fmt.Println(len(p.Subjects())) }"""),
        ("user", "os/user", """u, err := user.Lookup("tester"); fmt.Println(u, err)"""),
        ("group", "os/user", """g, err := user.LookupGroup("testers"); fmt.Println(g, err)"""),
        ("syslog", "log/syslog", """_, err := syslog.New(syslog.LOG_INFO, "need"); fmt.Println(err)"""),
        ("exe", "os", """_, err := os.Executable(); fmt.Println(err)"""),
        ("profile", "io;runtime/pprof", """fmt.Println(pprof.StartCPUProfile(io.Discard)); pprof.StopCPUProfile()"""),
        ("multicast", "net", """i, err := net.InterfaceByName("lo"); if err != nil { panic(err) }; fmt.Println(i.MulticastAddrs())"""),
        ("exec", "os/exec", """fmt.Println(exec.Command("helper", "-x").Run())"""),
        ("look", "os/exec", """p, err := exec.LookPath("helper"); fmt.Println(p, err); if err == nil { fmt.Println(exec.Command(p).Run()) }"""),
        ("start", "os", """p, err := os.StartProcess("/bin/helper", []string{"helper"}, &os.ProcAttr{}); if err == nil { _, err = p.Wait() }; fmt.Println(err)"""),
        ("given", "os;os/exec", """fmt.Println(exec.Command(os.Args[1]).Run())"""),
        ("variable", "os;os/exec", """fmt.Println(exec.Command(os.Getenv("PAGER")).Run())"""),
        ("either", "os;os/exec", """name := os.Getenv("PAGER"); if name == "" { name = "less" }; fmt.Println(exec.Command(name).Run())"""),
        ("branch", "os;os/exec", """name := os.Getenv("PAGER"); if name == "" { fmt.Println("none"); name = "less" }; fmt.Println(exec.Command(name).Run())"""),
        ("itself", "os/exec", """fmt.Println(exec.Command("/proc/self/exe", "x").Run())"""),
        ("context", "context;os/exec", """fmt.Println(exec.CommandContext(context.Background(), "longer-helper-name").Run())"""),
        ("none", "strings", """fmt.Println(strings.Repeat("x", 3))"""),
    ];

    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<(bool Cgo, string Go), string> _built = [];

    public NeedPrograms()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "go.mod"), "module example.test/needs\n\ngo 1.21\n");
        foreach ((string name, string imports, string code) in Sources)
        {
            string folder = Path.Combine(_folder.Path, name);
            Directory.CreateDirectory(folder);
            string list = string.Concat(imports.Split(';').Where(import => import != "fmt").Select(import => $"\t\"{import}\"\n"));
            File.WriteAllText(
                Path.Combine(folder, "main.go"), $"package main\n\nimport (\n\t\"fmt\"\n{list})\n\nfunc main() {{\n\t{code.Replace("; ", "\n\t", StringComparison.Ordinal)}\n}}\n");
        }
    }

    /// <summary>A folder for the tests' own files.</summary>
    public string Folder => _folder.Path;

    public void Dispose() => _folder.Dispose();

    /// <summary>A static program for another architecture.</summary>
    public string For(string name, string architecture)
    {
        string output = Path.Combine(_folder.Path, $"{name}-{architecture}");
        Programs.Output(
            "go",
            ["build", "-o", output, "./" + name],
            _folder.Path,
            new Dictionary<string, string?>
            {
                ["CGO_ENABLED"] = "0", ["GOFLAGS"] = null, ["GOOS"] = "linux", ["GOARCH"] = architecture, ["GOTOOLCHAIN"] = "local",
            });
        return output;
    }

    /// <summary>A program that is linked by the C compiler with glibc, as a shared one, or is not to be made otherwise.</summary>
    /// <param name="name">A name for it.</param>
    /// <param name="go">The go command.</param>
    /// <param name="source">Its source.</param>
    /// <param name="flags">Further flags.</param>
    public string Make(string name, string go, string source, params string[] flags)
    {
        string folder = Path.Combine(_folder.Path, $"{name}-{go.Replace('/', '_')}");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "go.mod"), "module example.test/made\n\ngo 1.21\n");
        File.WriteAllText(Path.Combine(folder, "main.go"), source);
        string output = Path.Combine(folder, name);
        Programs.Output(
            go,
            ["build", .. flags, "-o", output, "."],
            folder,
            new Dictionary<string, string?> { ["CGO_ENABLED"] = "1", ["CC"] = "gcc", ["GOFLAGS"] = null, ["GOTOOLCHAIN"] = "local" });
        return output;
    }

    /// <summary>A program.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cgo">Whether cgo and musl are in it.</param>
    /// <param name="go">The go command that builds it.</param>
    public string this[string name, bool cgo, string go = "go"]
    {
        get
        {
            lock (_built)
            {
                if (!_built.TryGetValue((cgo, go), out string? folder))
                {
                    folder = Path.Combine(_folder.Path, (cgo ? "with-cgo-" : "static-") + go.Replace('/', '_'));
                    string[] link = cgo ? ["-ldflags=-linkmode=external -extldflags=-static"] : [];
                    Programs.Output(
                        go,
                        ["build", "-p=2", .. link, "-o", folder + "/", "./..."],
                        _folder.Path,
                        new Dictionary<string, string?>
                        {
                            ["CGO_ENABLED"] = cgo ? "1" : "0",
                            ["CC"] = cgo ? "musl-gcc" : null,
                            ["GOFLAGS"] = null,
                            ["GOOS"] = null,
                            ["GOARCH"] = null,
                            ["GOTOOLCHAIN"] = "local",
                        });
                    _built[(cgo, go)] = folder;
                }

                return Path.Combine(folder, name);
            }
        }
    }
}
