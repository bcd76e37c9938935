package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// KeyBytes is the size of a root key.
const KeyBytes = 32

const keyIDBytes = 4

var (
	// ErrUnknownKey says that a value was made with a root key this keyring lacks.
	ErrUnknownKey = errors.New("secret: value was made with a key that is not in the keyring")
	// ErrNotAuthentic says that a sealed value was changed, or moved to another place.
	ErrNotAuthentic = errors.New("secret: value is not authentic")
)

// Keyring holds the root keys. The first is current: new values are made with
// it; the others only read older values. It is safe for concurrent use.
type Keyring struct {
	current rootKey
	byID    map[[keyIDBytes]byte]rootKey
}

type rootKey struct {
	id  [keyIDBytes]byte
	key [KeyBytes]byte
}

// NewKey returns the text of a fresh root key, for a key file.
func NewKey() string {
	var key [KeyBytes]byte
	_, _ = rand.Read(key[:]) // never fails: crypto/rand ends the program instead
	return base64.StdEncoding.EncodeToString(key[:])
}

// ParseKeyring reads root keys, each 32 bytes in base64, separated by commas or
// white space; the first is current.
func ParseKeyring(text string) (*Keyring, error) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ' ' || r == '\t' })
	if len(parts) == 0 {
		return nil, errors.New("the secret key is empty: it takes 32 bytes in base64")
	}
	ring := &Keyring{byID: map[[keyIDBytes]byte]rootKey{}}
	for i, part := range parts {
		raw, err := base64.StdEncoding.DecodeString(part)
		if err != nil || len(raw) != KeyBytes {
			return nil, fmt.Errorf("secret key %d is not 32 bytes in base64", i+1)
		}
		var k rootKey
		copy(k.key[:], raw)
		sum := sha256.Sum256(append([]byte("idkit key id"), raw...))
		copy(k.id[:], sum[:])
		ring.byID[k.id] = k
		if i == 0 {
			ring.current = k
		}
	}
	return ring, nil
}

// CurrentKeyID names the key that new values are made with; it is no secret.
func (k *Keyring) CurrentKeyID() string { return hex.EncodeToString(k.current.id[:]) }

// Has reports whether the keyring holds the key of that id.
func (k *Keyring) Has(keyID string) bool {
	raw, err := hex.DecodeString(keyID)
	if err != nil || len(raw) != keyIDBytes {
		return false
	}
	_, found := k.byID[[keyIDBytes]byte(raw)]
	return found
}

// SealedUnder names the key that a value was sealed with; empty for what Seal cannot have made.
func SealedUnder(sealed []byte) string {
	if len(sealed) < keyIDBytes {
		return ""
	}
	return hex.EncodeToString(sealed[:keyIDBytes])
}

// Seal encrypts (AES-256-GCM) and binds the value to its place: Open succeeds
// only with the same context, for example table, column and row.
func (k *Keyring) Seal(plaintext []byte, context ...string) ([]byte, error) {
	aead, err := k.current.aead()
	if err != nil {
		return nil, err
	}
	sealed := make([]byte, keyIDBytes, keyIDBytes+aead.NonceSize()+len(plaintext)+aead.Overhead())
	copy(sealed, k.current.id[:])
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce)
	sealed = append(sealed, nonce...)
	return aead.Seal(sealed, nonce, plaintext, joined(context)), nil
}

// Open decrypts what Seal made in the same context. Faults: ErrUnknownKey, ErrNotAuthentic.
func (k *Keyring) Open(sealed []byte, context ...string) ([]byte, error) {
	if len(sealed) < keyIDBytes {
		return nil, ErrNotAuthentic
	}
	root, ok := k.byID[[keyIDBytes]byte(sealed)]
	if !ok {
		return nil, ErrUnknownKey
	}
	aead, err := root.aead()
	if err != nil {
		return nil, err
	}
	rest := sealed[keyIDBytes:]
	if len(rest) < aead.NonceSize() {
		return nil, ErrNotAuthentic
	}
	plaintext, err := aead.Open(nil, rest[:aead.NonceSize()], rest[aead.NonceSize():], joined(context))
	if err != nil {
		return nil, ErrNotAuthentic
	}
	return plaintext, nil
}

// MAC authenticates data for a purpose (HMAC-SHA-256) under the key of that id,
// with which the result is stored. Fault: ErrUnknownKey.
func (k *Keyring) MAC(keyID, purpose string, data []byte) ([]byte, error) {
	raw, err := hex.DecodeString(keyID)
	if err != nil || len(raw) != keyIDBytes {
		return nil, ErrUnknownKey
	}
	root, ok := k.byID[[keyIDBytes]byte(raw)]
	if !ok {
		return nil, ErrUnknownKey
	}
	return root.mac(purpose, data), nil
}

// Sign returns data in a form that fits a cookie and that Verify accepts.
func (k *Keyring) Sign(purpose string, data []byte) string {
	payload := append(append([]byte{}, k.current.id[:]...), data...)
	return base64.RawURLEncoding.EncodeToString(append(payload, k.current.mac("sign "+purpose, data)...))
}

// Verify returns the data that Sign signed for this purpose.
func (k *Keyring) Verify(purpose, signed string) ([]byte, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(signed)
	if err != nil || len(raw) < keyIDBytes+sha256.Size {
		return nil, false
	}
	root, ok := k.byID[[keyIDBytes]byte(raw)]
	if !ok {
		return nil, false
	}
	data, mac := raw[keyIDBytes:len(raw)-sha256.Size], raw[len(raw)-sha256.Size:]
	return data, hmac.Equal(mac, root.mac("sign "+purpose, data))
}

func (r rootKey) mac(purpose string, data []byte) []byte {
	h := hmac.New(sha256.New, r.derive("mac "+purpose))
	h.Write(data)
	return h.Sum(nil)
}

func (r rootKey) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(r.derive("seal"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (r rootKey) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, r.key[:], nil, "idkit "+purpose, KeyBytes)
	if err != nil {
		panic("secret: HKDF refused a constant length: " + err.Error())
	}
	return key
}

// joined is injective: no two contexts give the same bytes.
func joined(context []string) []byte {
	var b []byte
	for _, part := range context {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return b
}
