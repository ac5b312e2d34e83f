//go:build !cgo

package main

import (
	"context"
	"net"
)

const resolver = "Go's resolver"

func greeting() string {
	return "Hello from Go, without cgo"
}

func lookup(name string) (string, error) {
	addresses, err := net.DefaultResolver.LookupIP(context.Background(), "ip4", name)
	if err != nil {
		return "", err
	}
	return addresses[0].String(), nil
}
