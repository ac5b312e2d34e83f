// Hello-cgo calls C code of its own, and through it getaddrinfo of the C library that it was built with. Built with
// CGO_ENABLED=0 it does the same in Go. It says which of the two it is.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
)

// host is a name that every system with a hosts file knows without asking a server.
const host = "localhost"

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "hello-cgo:", err)
		os.Exit(1)
	}
}

// run prints two lines. A name that is not found is told and is no failure: an empty image knows no name.
func run(out io.Writer) error {
	if _, err := fmt.Fprintf(out, "hello-cgo %s/%s: %s\n", runtime.GOOS, runtime.GOARCH, greeting()); err != nil {
		return err
	}
	address, err := lookup(host)
	if err != nil {
		address = fmt.Sprintf("unknown (%v)", err)
	}
	_, err = fmt.Fprintf(out, "%s is %s, says %s\n", host, address, resolver)
	return err
}
