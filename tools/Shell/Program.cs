using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;
using GoCross.Shell.Host;
using GoCross.Shell.Prompt;

namespace GoCross.Shell;

/// <summary>The console.</summary>
internal static class Program
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigTerm = 15;

    /// <summary>How long a cmdlet has to end its programs by itself before they are killed.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(300);

    private static int Main(string[] args)
    {
        if (!CommandLine.TryParse(args, Console.IsInputRedirected, out CommandLine? options, out string? error))
        {
            Console.Error.WriteLine(error);
            return ExitCodes.BadCommandLine;
        }

        switch (options.Mode)
        {
            case Mode.Help:
                Console.Out.Write(ReadResource("Help.txt"));
                return ExitCodes.Success;
            case Mode.Version:
                Console.Out.WriteLine($"GoCross Shell {VersionOf(typeof(Program))}, PowerShell engine {VersionOf(typeof(PSObject))}");
                return ExitCodes.Success;
        }

        // The engine reports what it is used for over the network unless this is set before it is first used.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        return Run(options);
    }

    private static int Run(CommandLine options)
    {
        using Session session = Session.Open(options);
        bool isPrompt = options.Mode == Mode.Prompt;
        bool interrupted = false;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            interrupted = true;

            // A terminal sends its Ctrl+C to the running program, too, which may do something else with it than to end.
            Stop(session, killChildren: Console.IsInputRedirected);
        });
        using PosixSignalRegistration terminate = OnEnd(PosixSignal.SIGTERM, SigTerm, session);
        using PosixSignalRegistration hangUp = OnEnd(PosixSignal.SIGHUP, SigHup, session);

        if (!options.NoModule && !session.ImportModule())
        {
            return interrupted ? ExitCodes.Signal + SigInt : ExitCodes.StartFailed;
        }

        bool succeeded = options.Mode switch
        {
            Mode.Command => session.RunCommand(options.Text),
            Mode.File => session.RunFile(options.Text, options.Arguments),
            Mode.StandardInput => session.RunCommand(Console.In.ReadToEnd()),
            _ => true,
        };

        if (session.ExitCode is null && (isPrompt || (options.NoExit && Terminal.IsInteractive)))
        {
            var prompt = new PromptLoop(session);
            succeeded = prompt.Run(greet: isPrompt && !options.NoLogo);
            interrupted = false;
        }

        return session.ExitCode
            ?? (interrupted ? ExitCodes.Signal + SigInt : succeeded ? ExitCodes.Success : ExitCodes.Failure);
    }

    /// <summary>Stops what is running. The engine leaves it to the terminal to end a program that writes to it.</summary>
    private static void Stop(Session session, bool killChildren)
    {
        Task stop = Task.Run(session.Stop);
        while (!stop.Wait(StopGrace))
        {
            if (killChildren)
            {
                ChildProcesses.KillAll();
            }
        }
    }

    // The prompt may be waiting for a key, which nothing but the end of the process ends.
    private static PosixSignalRegistration OnEnd(PosixSignal signal, int number, Session session) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Stop(session, killChildren: true);
            Environment.Exit(ExitCodes.Signal + number);
        });

    private static string ReadResource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', ' ')[0];
}
