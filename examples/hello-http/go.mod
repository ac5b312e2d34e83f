module example.com/gocross/hello-http

go 1.23
