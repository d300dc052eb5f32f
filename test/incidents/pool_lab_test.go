//go:build lab

package incidents

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/mysqldrift/kubectl-mysqldrift/pkg/cluster"
)

// pool speaks as much of the client protocol as is needed to change the user of a
// connection, as pools and proxies do and no client at hand does. The accounts
// have no password.
type pool struct {
	conn net.Conn
	next byte // sequence number
}

// dialPool connects as an account and keeps the connection until the test ends.
func dialPool(t *testing.T, l *lab, pod, user string) *pool {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", l.admin)
	if err != nil {
		t.Fatal(err)
	}
	connector, err := cluster.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := connector.Dial(ctx, l.namespace, pod, 3306)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p := &pool{conn: conn}
	if _, err := p.read(); err != nil {
		t.Fatal(err)
	}
	const longPassword, protocol41, transactions, secureConnection, pluginAuth = 1 << 0, 1 << 9, 1 << 13, 1 << 15, 1 << 19
	login := binary.LittleEndian.AppendUint32(nil, longPassword|protocol41|transactions|secureConnection|pluginAuth)
	login = binary.LittleEndian.AppendUint32(login, 1<<24) // the largest packet
	login = append(append(login, 45), make([]byte, 23)...) // utf8mb4
	if err := p.send(append(login, user+"\x00\x00caching_sha2_password\x00"...)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.read(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *pool) query(t *testing.T, sql string) {
	t.Helper()
	if err := p.command(append([]byte{0x03}, sql...)); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (p *pool) changeUser(t *testing.T, user string) {
	t.Helper()
	if err := p.command(append([]byte{0x11}, user+"\x00\x00\x00\x2d\x00caching_sha2_password\x00"...)); err != nil {
		t.Fatalf("change the user to %s: %v", user, err)
	}
}

func (p *pool) command(body []byte) error {
	p.next = 0
	if err := p.send(body); err != nil {
		return err
	}
	answer, err := p.read()
	if err == nil && answer[0] == 0xfe { // it asks for the (empty) password once more
		if err = p.send(nil); err == nil {
			_, err = p.read()
		}
	}
	return err
}

func (p *pool) send(body []byte) error {
	n := len(body)
	_, err := p.conn.Write(append([]byte{byte(n), byte(n >> 8), byte(n >> 16), p.next}, body...))
	return err
}

func (p *pool) read() ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(p.conn, head); err != nil {
		return nil, err
	}
	body := make([]byte, int(head[0])|int(head[1])<<8|int(head[2])<<16)
	_, err := io.ReadFull(p.conn, body)
	p.next = head[3] + 1
	if err == nil && len(body) > 3 && body[0] == 0xff {
		err = fmt.Errorf("the server: %s", body[3:])
	}
	return body, err
}
