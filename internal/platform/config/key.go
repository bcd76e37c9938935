package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"idkit/internal/platform/secret"
)

// KeyFile is the file of the secret key, or empty when the key is set directly.
func (c Config) KeyFile() string {
	switch {
	case c.SecretKey != "":
		return ""
	case c.SecretKeyFile != "":
		return c.SecretKeyFile
	}
	return filepath.Join(c.DataDir(), "secret.key")
}

// Keyring reads the secret key. Only the default key file is made when it is
// missing: a key file that was named and is not there is a mistake, since a new
// key could not read what is stored.
func (c Config) Keyring() (*secret.Keyring, error) {
	path := c.KeyFile()
	if path == "" {
		return secret.ParseKeyring(c.SecretKey.Reveal())
	}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && c.SecretKeyFile == "" {
		if err := makeKey(path); err != nil {
			return nil, fmt.Errorf("make the secret key: %w", err)
		}
		content, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	if err := private(path); err != nil {
		return nil, err
	}
	ring, err := secret.ParseKeyring(string(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return ring, nil
}

// makeKey writes a fresh key, whole or not at all: of two programs that start
// together, the second finds the first one's.
func makeKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".secret.key-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(secret.NewKey() + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// private refuses a key file that others on the machine can read.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%s can be read by others (mode %04o): chmod 600 %s", path, mode, path)
	}
	return nil
}
