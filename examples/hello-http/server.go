package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const (
	headerPatience   = 5 * time.Second
	shutdownPatience = 5 * time.Second
	fetchPatience    = 10 * time.Second
	answerLimit      = 1 << 20
)

// routes are the server's pages: / says hello and tells the time, /healthz answers while the server is well.
func routes(zone string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		s := look(zone)
		_ = s.write(w)
		location, err := time.LoadLocation(zone)
		if err != nil {
			location = time.UTC
		}
		fmt.Fprintf(w, "it is %s\n", time.Now().In(location).Format(time.RFC3339))
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "ok\n")
	})
	return mux
}

// serve answers until ctx ends.
func serve(ctx context.Context, address, zone string, out io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "hello-http listens on %s\n", listener.Addr())
	return serveOn(ctx, listener, routes(zone))
}

func serveOn(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerPatience}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		patience, cancel := context.WithTimeout(context.Background(), shutdownPatience)
		defer cancel()
		stopped <- server.Shutdown(patience)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// serveOnce serves on a free port of this machine, asks for the first page and for the health, and stops.
func serveOnce(ctx context.Context, zone string, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- serveOn(ctx, listener, routes(zone)) }()

	base := "http://" + listener.Addr().String()
	for _, page := range []string{"/", "/healthz"} {
		if err := fetch(ctx, base+page, out); err != nil {
			return err
		}
	}
	stop()
	return <-served
}

// fetch prints what a server answers. An answer that is not 200 is an error.
func fetch(ctx context.Context, url string, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, fetchPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", url, response.Status)
	}
	_, err = io.Copy(out, io.LimitReader(response.Body, answerLimit))
	return err
}
