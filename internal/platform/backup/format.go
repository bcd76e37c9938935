package backup

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"idkit/internal/platform/db"
)

// format names the form of the file; a program reads no other.
const format = "idkit backup 1"

// macPurpose sets the authentication of a backup apart from every other use of the key.
const macPurpose = "backup"

// Header is the first line.
type Header struct {
	Format string    `json:"format"`
	ID     string    `json:"id"`
	MadeAt time.Time `json:"made_at"` // what was committed then is in the file
	Schema int64     `json:"schema"`
	Engine db.Engine `json:"engine"` // that it was made from
}

// Contents is what a backup was found to hold.
type Contents struct {
	Header
	Rows map[string]int64 // by table
}

// Total is the number of rows of all tables.
func (c Contents) Total() (total int64) {
	for _, n := range c.Rows {
		total += n
	}
	return total
}

// section is the line before the rows of a table.
type section struct {
	Table   string      `json:"table"`
	Columns []db.Column `json:"columns"`
}

// seal is the last line.
type seal struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
	Key    string `json:"key"` // id of the secret key
	MAC    string `json:"mac"`
}

// Refusals of a file.
var (
	ErrNotABackup = errors.New("this is not a backup of IDKit")
	ErrCutOff     = errors.New("the backup is cut off: its end is missing")
	ErrDamaged    = errors.New("the backup is damaged: what it holds is not what was written")
	ErrOtherKey   = errors.New("the backup was made with a secret key that is not set here; restore it with the key of its installation")
)

// encode turns a scanned value into one that JSON carries.
func encode(value any, kind db.ColumnKind) (any, error) {
	if value == nil {
		return nil, nil
	}
	switch v := value.(type) {
	case string:
		if kind == db.Text && utf8.ValidString(v) {
			return v, nil
		}
		if kind == db.Text {
			return map[string]string{"base64": base64.StdEncoding.EncodeToString([]byte(v))}, nil
		}
	case int64:
		switch kind {
		case db.Integer:
			return v, nil
		case db.Boolean: // SQLite has no other truth
			return v != 0, nil
		}
	case bool:
		if kind == db.Boolean {
			return v, nil
		}
	case time.Time:
		if kind == db.Instant {
			return v.UTC().Format(time.RFC3339Nano), nil
		}
	case []byte:
		if kind == db.Bytes {
			return base64.StdEncoding.EncodeToString(v), nil
		}
	}
	return nil, fmt.Errorf("a value of type %T where %s is expected", value, kind)
}

// decode is the way back.
func decode(raw json.RawMessage, kind db.ColumnKind) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch kind {
	case db.Text:
		if raw[0] == '{' {
			var odd struct{ Base64 []byte }
			err := json.Unmarshal(raw, &odd)
			return string(odd.Base64), err
		}
		return as[string](raw)
	case db.Integer:
		return as[int64](raw)
	case db.Boolean:
		return as[bool](raw)
	case db.Instant:
		return as[time.Time](raw)
	case db.Bytes:
		return as[[]byte](raw)
	}
	return nil, fmt.Errorf("a column of kind %q", kind)
}

func as[T any](raw json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}
