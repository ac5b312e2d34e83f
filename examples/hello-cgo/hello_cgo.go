//go:build cgo

package main

// #include <stdlib.h>
// #include "hello.h"
import "C"

import (
	"errors"
	"unsafe"
)

const resolver = "getaddrinfo"

func greeting() string {
	return C.GoString(C.hello_greeting())
}

func lookup(name string) (string, error) {
	var address [C.HELLO_ADDRESS_SIZE]C.char
	cName := C.CString(name)
	defer C.free(unsafe.Pointer(cName))
	if message := C.hello_lookup(cName, &address[0]); message != nil {
		return "", errors.New(C.GoString(message))
	}
	return C.GoString(&address[0]), nil
}
