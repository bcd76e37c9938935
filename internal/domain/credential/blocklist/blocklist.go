package blocklist

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/FastFilter/xorfilter"
	"golang.org/x/text/unicode/norm"
)

//go:generate go run generate.go -zxcvbn zxcvbn.tgz -seclists seclists.tgz -out passwords.fuse

//go:embed passwords.fuse
var embedded []byte

// List answers whether a password is well known. It is safe for concurrent use.
type List struct {
	filter *xorfilter.BinaryFuse[uint16]
}

// Load opens the list that is part of the program; it takes a fraction of a
// millisecond and 0.7 MB.
func Load() (*List, error) {
	filter, err := xorfilter.LoadBinaryFuse[uint16](bytes.NewReader(embedded))
	if err != nil {
		return nil, fmt.Errorf("reading the embedded list of well-known passwords: %w", err)
	}
	return &List{filter: filter}, nil
}

// Contains reports whether the whole password, once folded, is on the list.
// Parts of it are never looked at (NIST SP 800-63B-4, 3.1.1.2).
func (l *List) Contains(password string) bool {
	return l.filter.Contains(Key(Fold(password)))
}

// Fold brings the spellings of one password together: compatibility forms
// (full-width letters, ligatures) and upper case.
func Fold(password string) string {
	return strings.ToLower(norm.NFKC.String(password))
}

// Key is what the filter stores of a folded password.
func Key(folded string) uint64 {
	sum := sha256.Sum256([]byte(folded))
	return binary.LittleEndian.Uint64(sum[:8])
}
