package main

import (
	"context"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

func TestCheckNamesThePlatform(t *testing.T) {
	var out strings.Builder
	if err := run(context.Background(), []string{"-check"}, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("two lines are expected, not %q", lines)
	}
	if want := "hello-http " + runtime.GOOS + "/" + runtime.GOARCH; lines[0] != want {
		t.Errorf("got %q, want %q", lines[0], want)
	}
}

func TestUnknownZoneIsToldAndIsNoFailure(t *testing.T) {
	var out strings.Builder
	if err := run(context.Background(), []string{"-check", "-zone", "Nowhere/Land"}, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "zone missing (unknown time zone Nowhere/Land)") {
		t.Errorf("got %q", out.String())
	}
}

func TestOnceServesBothPages(t *testing.T) {
	var out strings.Builder
	if err := run(context.Background(), []string{"-once", "-zone", "UTC"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"hello-http " + runtime.GOOS, "zone UTC", "it is 2", "\nok\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in %q", want, out.String())
		}
	}
}

func TestGetFailsOnAnErrorPage(t *testing.T) {
	server := httptest.NewServer(routes("UTC"))
	defer server.Close()
	var out strings.Builder
	if err := run(context.Background(), []string{"-get", server.URL + "/healthz"}, &out); err != nil || out.String() != "ok\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
	err := run(context.Background(), []string{"-get", server.URL + "/nothing"}, &out)
	if err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a page that is not there gave %v", err)
	}
}
