using GoCross.Files;

namespace GoCross.Tests.Runs;

/// <summary>A Go program that does what it is told, built for several architectures, each once for all tests of a class.</summary>
public sealed class Subject : IDisposable
{
    private const string Source = """
        package main

        import (
        	"fmt"
        	"io"
        	"os"
        	"os/exec"
        	"strconv"
        	"strings"
        	"syscall"
        	"time"
        )

        func number(i int) int {
        	n, err := strconv.Atoi(os.Args[i])
        	if err != nil {
        		panic(err)
        	}
        	return n
        }

        func child() *exec.Cmd {
        	c := exec.Command("/proc/self/exe", "sleep")
        	c.Stdout = os.Stdout
        	if err := c.Start(); err != nil {
        		panic(err)
        	}
        	return c
        }

        func printPeak() {
        	status, _ := os.ReadFile("/proc/self/status")
        	for _, line := range strings.Split(string(status), "\n") {
        		if strings.HasPrefix(line, "VmHWM:") {
        			fmt.Println(strings.Fields(line)[1])
        		}
        	}
        }

        func main() {
        	switch os.Args[1] {
        	case "echo":
        		fmt.Println(strings.Join(os.Args[2:], "|"))
        	case "error":
        		fmt.Fprintln(os.Stderr, strings.Join(os.Args[2:], " "))
        	case "exit":
        		fmt.Fprintln(os.Stderr, "leaving")
        		time.Sleep(50 * time.Millisecond) // lives long enough to be watched, however busy the machine
        		os.Exit(number(2))
        	case "kill":
        		syscall.Kill(syscall.Getpid(), syscall.Signal(number(2)))
        		select {}
        	case "panic":
        		panic("on purpose")
        	case "cat":
        		io.Copy(os.Stdout, os.Stdin)
        	case "sleep":
        		fmt.Println("ready", os.Getpid())
        		time.Sleep(time.Hour)
        	case "silent":
        		time.Sleep(time.Duration(number(2)) * time.Millisecond)
        	case "late":
        		time.Sleep(time.Duration(number(2)) * time.Millisecond)
        		fmt.Println("now")
        		time.Sleep(time.Duration(number(2)) * time.Millisecond)
        	case "leave":
        		fmt.Println("left", child().Process.Pid)
        	case "tree":
        		child().Wait()
        	case "flood":
        		block := []byte(strings.Repeat("0123456789abcde\n", 4096))
        		for i := 0; i < number(2); i++ {
        			os.Stdout.Write(block)
        		}
        	case "memory":
        		held := make([]byte, number(2)<<20)
        		for i := range held {
        			held[i] = byte(i)
        		}
        		printPeak()
        		time.Sleep(50 * time.Millisecond) // longer than a millisecond, however busy the machine
        		fmt.Fprintln(os.Stderr, held[len(held)-1])
        	case "peak":
        		printPeak()
        		printPeak() // what it takes to print is counted now
        	case "look":
        		dir, _ := os.Getwd()
        		_, inherited := os.LookupEnv("HOME")
        		fmt.Println(dir, os.Getenv("SUBJECT"), inherited)
        	}
        }
        """;

    // A server: what it does is told by its variables, where it listens by its argument.
    private const string Server = """
        package main

        import (
        	"context"
        	"fmt"
        	"net"
        	"net/http"
        	"os"
        	"os/signal"
        	"sync/atomic"
        	"syscall"
        	"time"
        )

        func main() {
        	fmt.Fprintln(os.Stderr, "pid", os.Getpid())
        	if text := os.Getenv("DIE"); text != "" {
        		fmt.Fprintln(os.Stderr, "error: "+text)
        		os.Exit(3)
        	}
        	delay, _ := time.ParseDuration(os.Getenv("DELAY"))
        	time.Sleep(delay)
        	warm, _ := time.ParseDuration(os.Getenv("WARM"))
        	started := time.Now()
        	var asked atomic.Int32
        	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
        		if time.Since(started) < warm {
        			http.Error(w, "warming up", http.StatusServiceUnavailable)
        			return
        		}
        		fmt.Fprintf(w, "hello %s %s %d", r.URL.Path, r.Host, asked.Add(1))
        	})}
        	signals := make(chan os.Signal, 1)
        	switch os.Getenv("STOP") {
        	case "shutdown":
        		signal.Notify(signals, syscall.SIGTERM, syscall.SIGUSR1)
        		go func() {
        			fmt.Println("got", <-signals)
        			server.Shutdown(context.Background())
        		}()
        	case "ignore":
        		signal.Ignore(syscall.SIGTERM)
        	case "fail":
        		signal.Notify(signals, syscall.SIGTERM)
        		go func() {
        			<-signals
        			fmt.Fprintln(os.Stderr, "error: cannot save")
        			os.Exit(5)
        		}()
        	}
        	// Last: whoever is ready is sent its signal at once.
        	listener, err := net.Listen("tcp", os.Args[1])
        	if err != nil {
        		fmt.Fprintln(os.Stderr, "cannot listen:", err)
        		os.Exit(4)
        	}
        	fmt.Println("listening at", listener.Addr())
        	server.Serve(listener)
        	time.Sleep(10 * time.Millisecond)
        }
        """;

    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _built = [];

    public Subject()
    {
        Write("subject", Source);
        Write("server", Server);
        Write("idle", "package main\n\nfunc main() {}\n");
        File.WriteAllText(Path.Combine(_folder.Path, "go.mod"), "module example.com/subject\n\ngo 1.21\n");
    }

    /// <summary>A folder for the tests' own files.</summary>
    public string Folder => _folder.Path;

    public void Dispose() => _folder.Dispose();

    /// <summary>The program for an architecture, built with CGO_ENABLED=0.</summary>
    /// <param name="architecture">GOARCH, and after a space more settings: arm GOARM=7.</param>
    public string For(string architecture = "amd64") => Build("subject", "linux", architecture);

    /// <summary>A server for an architecture of Linux.</summary>
    /// <param name="architecture">GOARCH.</param>
    public string ServerFor(string architecture = "amd64") => Build("server", "linux", architecture);

    /// <summary>A program that does nothing, for any system.</summary>
    /// <param name="os">GOOS.</param>
    /// <param name="architecture">GOARCH.</param>
    public string Idle(string os, string architecture) => Build("idle", os, architecture);

    /// <summary>Copies a program under a name of its own.</summary>
    public string Copy(string program, string name)
    {
        string path = Path.Combine(_folder.Path, name);
        File.Copy(program, path, overwrite: true);
        return path;
    }

    private void Write(string package, string source)
    {
        string folder = Path.Combine(_folder.Path, package);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "main.go"), source);
    }

    private string Build(string package, string os, string architecture)
    {
        string key = $"{package} {os} {architecture}";
        if (!_built.TryGetValue(key, out string? path))
        {
            string[] settings = architecture.Split(' ');
            var environment = new Dictionary<string, string?>
            {
                ["CGO_ENABLED"] = "0",
                ["GOOS"] = os,
                ["GOARCH"] = settings[0],
                ["GOFLAGS"] = null,
                ["GOTOOLCHAIN"] = "local",
            };
            foreach (string setting in settings[1..])
            {
                environment[setting.Split('=')[0]] = setting.Split('=')[1];
            }

            path = Path.Combine(_folder.Path, key.Replace(' ', '-'));
            Programs.Output("go", ["build", "-o", path, "./" + package], _folder.Path, environment);
            _built[key] = path;
        }

        return path;
    }
}
