package mail

import (
	"context"
	"crypto/x509"
	"net"
)

// For the tests: a server on this machine plays one of the wide world.

func (s *SMTP) ReachAt(address string, trusted *x509.CertPool) *SMTP {
	s.tls.RootCAs = trusted
	s.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	return s
}

var (
	Clean   = clean
	Backoff = backoff
)

// Shape is what the table of kinds says about one.
type Shape struct {
	Body                 int
	Button, Ends, NotYou bool
	Params               []string
}

// Shapes is the table of kinds.
var Shapes = func() map[Kind]Shape {
	all := map[Kind]Shape{}
	for kind, s := range shapes {
		all[kind] = Shape{s.body, s.button, s.ends, s.notYou, s.params}
	}
	return all
}()

const (
	LeaseTime    = leaseTime
	HandOverTime = handOverTime
	LastBackoff  = lastBackoff
)
