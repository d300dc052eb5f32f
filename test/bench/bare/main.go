// Command bare is the floor that `status` is measured against: for each pod it
// opens the same two streams at once, a port-forward that runs the same
// statements and an exec that reads the same option files, and does nothing else:
// no discovery, no resolution, no comparison, no output.
//
//	bare NAMESPACE POD [POD …]      (the root password in MYSQLDRIFT_PASSWORD;
//	the server's container is called mysql)
package main

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/go-sql-driver/mysql"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: bare NAMESPACE POD [POD ...]")
	}
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	connector, err := cluster.NewConnector(config)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, pod := range args[1:] {
		group.Go(func() error { return read(ctx, connector, args[0], pod) })
		group.Go(func() error {
			_, err := connector.Files(instance(args[0], pod)).Read(ctx, optionFiles)
			return err
		})
	}
	return group.Wait()
}

// optionFiles are what status asks the shop's pods for.
var optionFiles = strings.Fields("/etc/my.cnf /etc/mysql/my.cnf /usr/etc/my.cnf /var/lib/mysql/.my.cnf /etc/mysql/conf.d/primary.cnf /etc/mysql/conf.d/server-id.cnf /etc/mysql/conf.d/")

func instance(namespace, pod string) *cluster.Instance {
	inst := &cluster.Instance{Recognition: cluster.Recognition{Container: "mysql"}}
	inst.Namespace, inst.Pod = namespace, pod
	return inst
}

func read(ctx context.Context, connector *cluster.Connector, namespace, pod string) error {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.Net = "root", os.Getenv("MYSQLDRIFT_PASSWORD"), "tcp"
	cfg.TLSConfig = "skip-verify"
	cfg.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return connector.Dial(ctx, namespace, pod, 3306)
	}
	driver, err := mysql.NewConnector(cfg)
	if err != nil {
		return err
	}
	db := sql.OpenDB(driver)
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("pod %s/%s: %w", namespace, pod, err)
	}
	defer conn.Close()
	_, err = observed.Observe(ctx, observed.NewSQLConn(conn), observed.Options{})
	return err
}
