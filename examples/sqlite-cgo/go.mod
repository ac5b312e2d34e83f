module example.com/gocross/sqlite-cgo

go 1.23
