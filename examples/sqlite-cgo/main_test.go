package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestFindsAgainWhatItKept(t *testing.T) {
	name := filepath.Join(t.TempDir(), "words.db")
	for range 2 {
		var out strings.Builder
		if err := run(&out, name); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.HasSuffix(got, " found scratch, static\n") {
			t.Errorf("got %q", got)
		}
	}
}

func TestFileThatCannotBeIsAnError(t *testing.T) {
	if err := run(&strings.Builder{}, filepath.Join(t.TempDir(), "missing", "words.db")); err == nil {
		t.Error("got no error")
	}
}

func TestWrongStatementIsAnErrorThatNamesIt(t *testing.T) {
	db, err := open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	if _, err := db.query("SELECT wrong"); err == nil || !strings.Contains(err.Error(), "SELECT wrong: no such column") {
		t.Errorf("got %v", err)
	}
}
