package blocklist

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"strings"
	"sync"

	"github.com/FastFilter/xorfilter"
	"golang.org/x/text/unicode/norm"
)

//go:generate go run generate.go -zxcvbn zxcvbn.tgz -seclists seclists.tgz -out passwords.fuse

//go:embed passwords.fuse
var embedded []byte

// filter reads the list at its first use: it takes a fraction of a millisecond and 0.7 MB.
var filter = sync.OnceValue(func() *xorfilter.BinaryFuse[uint16] {
	f, err := xorfilter.LoadBinaryFuse[uint16](bytes.NewReader(embedded))
	if err != nil {
		panic("reading the embedded list of well-known passwords: " + err.Error()) // it is a part of the program
	}
	return f
})

// Contains reports whether a password is well known: the whole of it, once folded, is on the list.
// Parts of it are never looked at (NIST SP 800-63B-4, 3.1.1.2).
func Contains(password string) bool {
	return filter().Contains(Key(Fold(password)))
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
