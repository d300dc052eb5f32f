package scenario

import (
	"context"
	"fmt"
	"strings"

	"github.com/mysqldrift/kubectl-mysqldrift/test/lab/internal/progress"
)

// mysqlAccounts are made on the primary and travel to the replicas.
//
//   - drift_reader has the smallest grants that reading needs
//   - alice and bob are administrators, checkout is an application
//   - repl is for replication
const mysqlAccounts = `
CREATE USER IF NOT EXISTS drift_reader@'%' IDENTIFIED BY 'lab-reader-pw';
GRANT REPLICATION CLIENT ON *.* TO drift_reader@'%';
GRANT SELECT ON performance_schema.* TO drift_reader@'%';
CREATE USER IF NOT EXISTS alice@'%' IDENTIFIED BY 'lab-alice-pw';
GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO alice@'%';
CREATE USER IF NOT EXISTS bob@'%' IDENTIFIED BY 'lab-bob-pw';
GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO bob@'%';
CREATE DATABASE IF NOT EXISTS shop;
CREATE USER IF NOT EXISTS checkout@'%' IDENTIFIED BY 'lab-checkout-pw';
GRANT SELECT, INSERT, UPDATE ON shop.* TO checkout@'%';
CREATE TABLE IF NOT EXISTS shop.orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, placed TIMESTAMP DEFAULT CURRENT_TIMESTAMP, total DECIMAL(10,2));
INSERT INTO shop.orders (total) VALUES (9.95), (120.00);
`

const mariadbAccounts = `
CREATE USER IF NOT EXISTS drift_reader@'%' IDENTIFIED BY 'lab-reader-pw';
GRANT SLAVE MONITOR, BINLOG MONITOR ON *.* TO drift_reader@'%';
GRANT SELECT ON performance_schema.* TO drift_reader@'%';
CREATE USER IF NOT EXISTS alice@'%' IDENTIFIED BY 'lab-alice-pw';
GRANT SUPER, CONNECTION ADMIN ON *.* TO alice@'%';
`

// finishShop makes the accounts and ties the replicas to the primary.
func finishShop(ctx context.Context, log *progress.Log, t Target) error {
	for _, server := range []string{"mysql-0", "catalog-0", "inventory-0"} {
		if _, err := t.sql(ctx, "shop", server, "mysql", mysqlAccounts); err != nil {
			return fmt.Errorf("make accounts: %w", err)
		}
	}
	if _, err := t.sql(ctx, "shop", "deploy/orders-db", "mariadb", mariadbAccounts); err != nil {
		return fmt.Errorf("make accounts: %w", err)
	}
	log.Say("shop: accounts made")
	primary, err := t.podIP(ctx, "shop", "mysql-0")
	if err != nil {
		return err
	}
	gtids, err := t.sql(ctx, "shop", "mysql-0", "mysql", `
CREATE USER IF NOT EXISTS repl@'%' IDENTIFIED BY 'lab-repl-pw';
GRANT REPLICATION SLAVE ON *.* TO repl@'%';
SELECT REPLACE(@@GLOBAL.gtid_executed, '\n', '');`)
	if err != nil {
		return fmt.Errorf("make the replication account: %w", err)
	}
	for _, replica := range []string{"mysql-1", "mysql-2"} {
		if err := follow(ctx, t, replica, primary, gtids); err != nil {
			return err
		}
	}
	log.Say("shop: mysql-1 and mysql-2 replicate from mysql-0 (%s)", primary)
	return nil
}

// follow makes a replica of a server and waits until it has caught up. A
// primary's address changes with its pod, so it is set anew when it differs.
func follow(ctx context.Context, t Target, replica, primary, gtids string) error {
	state, err := t.sql(ctx, "shop", replica, "mysql", `
SELECT CONCAT_WS(' ', c.HOST, s.SERVICE_STATE, a.SERVICE_STATE)
FROM performance_schema.replication_connection_configuration c
JOIN performance_schema.replication_connection_status s USING (CHANNEL_NAME)
JOIN performance_schema.replication_applier_status a USING (CHANNEL_NAME);`)
	if err != nil {
		return fmt.Errorf("look at the replication of %s: %w", replica, err)
	}
	if state != primary+" ON ON" {
		if _, err := t.sql(ctx, "shop", replica, "mysql", fmt.Sprintf(`
STOP REPLICA;
RESET REPLICA ALL;
CHANGE REPLICATION SOURCE TO SOURCE_HOST='%s', SOURCE_USER='repl', SOURCE_PASSWORD='lab-repl-pw',
  SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1, SOURCE_CONNECT_RETRY=2;
START REPLICA;`, primary)); err != nil {
			return fmt.Errorf("start the replication of %s: %w", replica, err)
		}
	}
	late, err := t.sql(ctx, "shop", replica, "mysql", fmt.Sprintf("SELECT WAIT_FOR_EXECUTED_GTID_SET('%s', 60);", gtids))
	if err != nil {
		return fmt.Errorf("wait for %s: %w", replica, err)
	}
	if late != "0" {
		return fmt.Errorf("%s does not catch up with the primary", replica)
	}
	return nil
}

func (t Target) podIP(ctx context.Context, namespace, pod string) (string, error) {
	address, err := t.run(ctx, "", "-n", namespace, "get", "pod", pod, "-o", "jsonpath={.status.podIP}")
	if err != nil {
		return "", fmt.Errorf("find the address of %s/%s: %w", namespace, pod, err)
	}
	return strings.TrimSpace(address), nil
}
