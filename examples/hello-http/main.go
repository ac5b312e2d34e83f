// Hello-http is a small web server that knows where it runs. It needs what a real service needs of its image: the
// certificates of the authorities, the time zone database, a list of users.
//
//	hello-http -listen :8080      serve until SIGINT or SIGTERM
//	hello-http -check             print what it finds around itself, and end
//	hello-http -once              serve on a free port, ask itself once, and end
//	hello-http -get URL           ask a server, print its answer, and end: a health check where there is no shell
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "hello-http:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("hello-http", flag.ContinueOnError)
	listen := flags.String("listen", ":8080", "the `address` to serve on")
	zone := flags.String("zone", "Europe/Berlin", "the time `zone` to tell the time in")
	check := flags.Bool("check", false, "print what the program finds around itself, and end")
	once := flags.Bool("once", false, "serve on a free port, ask once, and end")
	get := flags.String("get", "", "print what the server at `URL` answers, and end")
	if err := flags.Parse(args); err != nil {
		return err
	}

	switch {
	case *check:
		return look(*zone).write(out)
	case *get != "":
		return fetch(ctx, *get, out)
	case *once:
		return serveOnce(ctx, *zone, out)
	default:
		return serve(ctx, *listen, *zone, out)
	}
}
