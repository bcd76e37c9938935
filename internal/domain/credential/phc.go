package credential

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Argon2 holds the costs of one Argon2id hash (RFC 9106).
type Argon2 struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultArgon2 is OWASP's first choice: 46 MiB, one pass, about 40 ms of one core.
var DefaultArgon2 = Argon2{MemoryKiB: 46 * 1024, Passes: 1, Threads: 1}

// Caps on what a stored text may ask for, so that a planted or imported one
// cannot exhaust the machine.
const (
	maxMemoryKiB = 256 * 1024
	maxPasses    = 10
	maxThreads   = 16
)

const (
	saltBytes = 16
	tagBytes  = 32
)

// sufficient refuses costs under OWASP's floor: 46 MiB once or 19 MiB twice.
func (a Argon2) sufficient() error {
	if err := a.bounded(); err != nil {
		return err
	}
	if a.MemoryKiB < 19*1024 || a.MemoryKiB < 46*1024 && a.Passes < 2 {
		return fmt.Errorf("argon2 costs m=%d KiB, t=%d are too low: use at least m=47104, t=1 or m=19456, t=2", a.MemoryKiB, a.Passes)
	}
	return nil
}

func (a Argon2) bounded() error {
	if a.MemoryKiB > maxMemoryKiB || a.Passes > maxPasses || a.Threads > maxThreads {
		return fmt.Errorf("argon2 costs m=%d KiB, t=%d, p=%d exceed m=%d, t=%d, p=%d",
			a.MemoryKiB, a.Passes, a.Threads, maxMemoryKiB, maxPasses, maxThreads)
	}
	if a.Passes < 1 || a.Threads < 1 || a.MemoryKiB < 8*uint32(a.Threads) {
		return errors.New("argon2 costs need t >= 1, p >= 1 and m >= 8p (RFC 9106, 3.1)")
	}
	return nil
}

// passwordHash is the stored form of a password. Its text is a PHC string:
//
//	$argon2id$v=19$m=47104,t=1,p=1,keyid=0a1b2c3d$salt$tag
type passwordHash struct {
	Argon2
	keyID string // of the pepper
	salt  [saltBytes]byte
	tag   [tagBytes]byte
}

func (h passwordHash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d,keyid=%s$%s$%s", argon2.Version, h.MemoryKiB, h.Passes, h.Threads, h.keyID,
		base64.RawStdEncoding.EncodeToString(h.salt[:]), base64.RawStdEncoding.EncodeToString(h.tag[:]))
}

// errPasswordHash never quotes the text: it would end up in a log.
var errPasswordHash = errors.New("credential: stored password hash is malformed")

// parsePasswordHash reads the canonical text only and checks the caps, all
// before anything is computed from it.
func parsePasswordHash(text string) (passwordHash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 {
		return passwordHash{}, errPasswordHash
	}
	var h passwordHash
	for _, param := range strings.Split(parts[3], ",") {
		name, value, _ := strings.Cut(param, "=")
		switch name {
		case "m":
			h.MemoryKiB = uint32(number(value, 32))
		case "t":
			h.Passes = uint32(number(value, 32))
		case "p":
			h.Threads = uint8(number(value, 8))
		case "keyid":
			h.keyID = value
		}
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	tag, tagErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || tagErr != nil || len(salt) != saltBytes || len(tag) != tagBytes {
		return passwordHash{}, errPasswordHash
	}
	h.salt, h.tag = [saltBytes]byte(salt), [tagBytes]byte(tag)
	if h.String() != text { // other spellings, unknown parameters, a wrong order
		return passwordHash{}, errPasswordHash
	}
	if err := h.bounded(); err != nil {
		return passwordHash{}, fmt.Errorf("stored password hash: %w", err)
	}
	return h, nil
}

// number reads a number; one that does not fit becomes 0, which no check lets pass.
func number(text string, bits int) uint64 {
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return 0
	}
	return n
}
