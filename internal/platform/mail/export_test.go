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
	Wrap    = wrap
	Shapes  = shapes
)

const (
	LeaseTime    = leaseTime
	HandOverTime = handOverTime
	LastBackoff  = lastBackoff
)
