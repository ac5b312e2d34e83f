module example.com/gocross/hello-cgo

go 1.23
