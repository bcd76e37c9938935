package secret

import "log/slog"

const redacted = "[redacted]"

// Redacted is a secret text that prints, logs and marshals as "[redacted]".
type Redacted string

// Reveal returns the text itself.
func (r Redacted) Reveal() string { return string(r) }

func (r Redacted) String() string { return redacted }

// GoString keeps the text out of %#v.
func (r Redacted) GoString() string { return redacted }

// LogValue keeps the text out of structured logs.
func (r Redacted) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText keeps the text out of JSON and the like.
func (r Redacted) MarshalText() ([]byte, error) { return []byte(redacted), nil }
