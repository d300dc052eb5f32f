// Command labpod is the one program inside the lab's images that run no
// database: the pause container, and the look-alikes that a search for MySQL
// servers must pass over (an exporter, a proxy on port 3306). It answers by
// the name it is called by.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	var err error
	switch name := filepath.Base(os.Args[0]); name {
	case "pause":
		<-ctx.Done()
	case "mysqld_exporter":
		err = serveMetrics(ctx, ":9104")
	case "proxysql":
		err = serveProxy(ctx, ":3306")
	default:
		err = fmt.Errorf("labpod: nothing to do by the name %q", name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serveMetrics answers every request as an exporter does whose server is up.
func serveMetrics(ctx context.Context, address string) error {
	server := &http.Server{Addr: address, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "mysql_up 1")
	})}
	go func() { <-ctx.Done(); server.Close() }()
	if err := server.ListenAndServe(); ctx.Err() == nil {
		return fmt.Errorf("serve metrics at %s: %w", address, err)
	}
	return nil
}

// serveProxy accepts connections and closes them: a proxy without a backend.
func serveProxy(ctx context.Context, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen at %s: %w", address, err)
	}
	go func() { <-ctx.Done(); listener.Close() }()
	for {
		connection, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept at %s: %w", address, err)
		}
		connection.Close()
	}
}
