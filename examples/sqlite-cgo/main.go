// Sqlite-cgo keeps a few words in a database of SQLite, whose C source is compiled into the program, and says which of
// them it finds again. Its argument is the database's file; without one the database is in memory.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

func main() {
	name := ":memory:"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	if err := run(os.Stdout, name); err != nil {
		fmt.Fprintln(os.Stderr, "sqlite-cgo:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, name string) (err error) {
	db, err := open(name)
	if err != nil {
		return err
	}
	defer func() {
		if closing := db.close(); err == nil {
			err = closing
		}
	}()

	if _, err = db.query("CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY)"); err != nil {
		return err
	}
	for _, word := range []string{"scratch", "static", "musl"} {
		if _, err = db.query("INSERT OR IGNORE INTO words VALUES (?)", word); err != nil {
			return err
		}
	}
	found, err := db.query("SELECT word FROM words WHERE word LIKE ? ORDER BY word", "s%")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "sqlite-cgo %s/%s: SQLite %s found %s\n",
		runtime.GOOS, runtime.GOARCH, version(), strings.Join(found, ", "))
	return err
}
