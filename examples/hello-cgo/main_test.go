package main

import (
	"runtime"
	"strings"
	"testing"
)

func TestPrintsTwoLinesAndNamesTheResolver(t *testing.T) {
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	want := "hello-cgo " + runtime.GOOS + "/" + runtime.GOARCH + ": Hello from "
	if got := out.String(); !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 2 || !strings.Contains(got, resolver) {
		t.Errorf("got %q", got)
	}
}

func TestLooksUpANumericNameWithoutAnyServer(t *testing.T) {
	if address, err := lookup("127.0.0.1"); err != nil || address != "127.0.0.1" {
		t.Errorf("got %q, %v", address, err)
	}
}

func TestNameThatCannotBeIsAnError(t *testing.T) {
	if address, err := lookup("no such name"); err == nil {
		t.Errorf("got %q", address)
	}
}
