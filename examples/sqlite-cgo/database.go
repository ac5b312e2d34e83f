package main

// #cgo CFLAGS: -DSQLITE_THREADSAFE=1 -DSQLITE_OMIT_DEPRECATED
// #cgo sqlite_omit_load_extension CFLAGS: -DSQLITE_OMIT_LOAD_EXTENSION
// #cgo linux LDFLAGS: -lm
// #include <stdlib.h>
// #include "sqlite3.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// database is an open SQLite database.
type database struct {
	handle *C.sqlite3
}

// open opens a database file, and makes it where there is none. The name ":memory:" is a database in memory.
func open(name string) (*database, error) {
	cName := C.CString(name)
	defer C.free(unsafe.Pointer(cName))
	db := &database{}
	if code := C.sqlite3_open(cName, &db.handle); code != C.SQLITE_OK {
		err := fmt.Errorf("open %s: %s", name, C.GoString(C.sqlite3_errmsg(db.handle)))
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

// close closes the database. What was prepared on it has to be finalized before.
func (db *database) close() error {
	if code := C.sqlite3_close(db.handle); code != C.SQLITE_OK {
		return fmt.Errorf("close: %s", C.GoString(C.sqlite3_errstr(code)))
	}
	return nil
}

// query runs one statement with text arguments, and returns the first column of its rows as text.
func (db *database) query(sql string, arguments ...string) ([]string, error) {
	cSQL := C.CString(sql)
	defer C.free(unsafe.Pointer(cSQL))
	var statement *C.sqlite3_stmt
	if code := C.sqlite3_prepare_v2(db.handle, cSQL, -1, &statement, nil); code != C.SQLITE_OK {
		return nil, db.failed(sql)
	}
	defer C.sqlite3_finalize(statement)

	for i, argument := range arguments {
		// SQLite reads it until the statement is finalized.
		text := C.CString(argument)
		defer C.free(unsafe.Pointer(text))
		if code := C.sqlite3_bind_text(statement, C.int(i+1), text, C.int(len(argument)), nil); code != C.SQLITE_OK {
			return nil, db.failed(sql)
		}
	}

	var rows []string
	for {
		switch C.sqlite3_step(statement) {
		case C.SQLITE_ROW:
			text := (*C.char)(unsafe.Pointer(C.sqlite3_column_text(statement, 0)))
			rows = append(rows, C.GoString(text))
		case C.SQLITE_DONE:
			return rows, nil
		default:
			return nil, db.failed(sql)
		}
	}
}

func (db *database) failed(sql string) error {
	return fmt.Errorf("%s: %s", sql, C.GoString(C.sqlite3_errmsg(db.handle)))
}

// version is SQLite's own.
func version() string {
	return C.GoString(C.sqlite3_libversion())
}
