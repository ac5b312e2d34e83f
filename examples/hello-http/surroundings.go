package main

import (
	"crypto/x509"
	"fmt"
	"io"
	"os/user"
	"runtime"
	"time"
)

// surroundings is what the program finds where it runs.
type surroundings struct {
	platform string // GOOS/GOARCH
	user     string // the user's name and number, or why they are not known
	zone     string // the zone's name, or why it is not known
	roots    int    // certificates of authorities; 0 where there are none
}

// look never fails: in an empty image nothing is there to be found, and that is what it tells.
func look(zone string) surroundings {
	return surroundings{
		platform: runtime.GOOS + "/" + runtime.GOARCH,
		user:     currentUser(),
		zone:     zoneName(zone),
		roots:    authorities(),
	}
}

func (s surroundings) write(out io.Writer) error {
	_, err := fmt.Fprintf(out, "hello-http %s\nuser %s, zone %s, %d authorities\n", s.platform, s.user, s.zone, s.roots)
	return err
}

func currentUser() string {
	u, err := user.Current()
	if err != nil {
		return fmt.Sprintf("unknown (%v)", err)
	}
	return fmt.Sprintf("%s (%s)", u.Username, u.Uid)
}

func zoneName(name string) string {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return fmt.Sprintf("missing (%v)", err)
	}
	return zone.String()
}

func authorities() int {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return 0
	}
	// Subjects is deprecated because it leaves out what the verifiers of macOS and Windows know; where roots are
	// files, it is the count.
	return len(pool.Subjects())
}
