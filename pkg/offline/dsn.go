package offline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/model"
	"github.com/mysqldrift/kubectl-mysqldrift/pkg/observed"
)

// Account is who reads a server that a DSN names. A password given here wins
// over none in the DSN, so that it need not stand in an argument list.
type Account struct {
	User, Password string
}

// ObserveDSN asks the server that a DSN names, in the driver's form
// user[:password]@tcp(host:port)/ or user@unix(/path/to/socket)/. Neither the
// DSN nor a password appears in an error. One that could not be asked is a *Unread.
func ObserveDSN(ctx context.Context, dsn string, account Account) (*model.Snapshot, error) {
	config, err := parseDSN(dsn, account)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("--dsn: %w", err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, &Unread{Object: config.Addr, Err: fmt.Errorf("connect as %q: %w", config.User, whyNot(ctx, err))}
	}
	defer conn.Close()
	snapshot, err := observed.Observe(ctx, observed.NewSQLConn(conn), observed.Options{})
	if err != nil {
		return nil, &Unread{Object: config.Addr, Err: whyNot(ctx, err)}
	}
	return snapshot, nil
}

func parseDSN(dsn string, account Account) (*mysql.Config, error) {
	if strings.Contains(dsn, "://") {
		return nil, errors.New("--dsn: want the form user@tcp(host:3306)/ or user@unix(/path/to/socket)/, not a URL")
	}
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		// The driver's error may quote the DSN, and with it a password.
		return nil, errors.New("--dsn: want the form user@tcp(host:3306)/ or user@unix(/path/to/socket)/")
	}
	if account.User != "" {
		config.User = account.User
	}
	if config.Passwd == "" {
		config.Passwd = account.Password
	}
	if config.TLSConfig == "" && config.Net == "tcp" {
		config.TLSConfig = "preferred" // as the mysql client does
	}
	// Parameters become SET SESSION statements, which leave our account in
	// variables_info as the one who last changed a variable.
	config.Params = nil
	config.Logger = &mysql.NopLogger{}
	return config, nil
}

// whyNot prefers the reason of a deadline to the driver's words for it.
func whyNot(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
