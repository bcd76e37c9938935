package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"idkit/internal/domain/access"
)

// line is an entry as a line of an exported file: every column that the hash
// covers, exactly as it was recorded, and the hashes in hexadecimal.
type line struct {
	OrganizationID string    `json:"organization_id"`
	Sequence       int64     `json:"sequence"`
	At             time.Time `json:"at"`
	Action         string    `json:"action"`
	ActorKind      string    `json:"actor_kind"`
	ActorID        string    `json:"actor_id"`
	ActorName      string    `json:"actor_name"`
	TargetKind     string    `json:"target_kind"`
	TargetID       string    `json:"target_id"`
	TargetName     string    `json:"target_name"`
	Details        string    `json:"details"` // JSON in a text: the hash is over its bytes
	Address        string    `json:"address"`
	UserAgent      string    `json:"user_agent"`
	RequestID      string    `json:"request_id"`
	PreviousHash   hexBytes  `json:"previous_hash"`
	Hash           hexBytes  `json:"hash"`
}

type hexBytes []byte

func (b hexBytes) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%x", []byte(b)), nil }

func (b *hexBytes) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "%x", (*[]byte)(b))
	return err
}

// MarshalJSON writes the entry as a line that VerifyLines can check.
func (e Entry) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(line{
		e.OrganizationID, e.Sequence, e.At.UTC(), string(e.Action), string(e.ActorKind), e.ActorID, e.ActorName,
		e.Target.Kind, e.Target.ID, e.Target.Name, e.Details, e.Origin.Address, e.Origin.UserAgent, e.Origin.RequestID,
		e.PreviousHash, e.Hash,
	})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// UnmarshalJSON reads what MarshalJSON wrote, and nothing that says more.
func (e *Entry) UnmarshalJSON(text []byte) error {
	var l line
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return err
	}
	*e = Entry{
		OrganizationID: l.OrganizationID, Sequence: l.Sequence, At: l.At, Action: Action(l.Action),
		ActorKind: access.ActorKind(l.ActorKind), ActorID: l.ActorID, ActorName: l.ActorName,
		Target: Target{Kind: l.TargetKind, ID: l.TargetID, Name: l.TargetName}, Details: l.Details,
		Origin:       access.Origin{Address: l.Address, UserAgent: l.UserAgent, RequestID: l.RequestID},
		PreviousHash: l.PreviousHash, Hash: l.Hash,
	}
	return nil
}

// lineLimit bounds a line of an exported file, in bytes. Details hold what
// people typed into forms of 64 KiB, escaped twice.
const lineLimit = 1 << 20

// ErrNoLine is the answer to a file without any line.
var ErrNoLine = errors.New("there is no line in it")

// VerifyLines is Verify for an exported file: the lines of one trail, from the
// first on, one JSON object each. A file has no head of its own, so that only a
// noted one shows that its end was cut off. The error is a Broken where the
// trail does not hold, ErrNoLine for an empty file without noted heads.
func VerifyLines(file io.Reader, noted ...Head) (Head, error) {
	scanner := bufio.NewScanner(file)
	scanner.Buffer(make([]byte, 64<<10), lineLimit)
	var c *chain
	for scanner.Scan() {
		var e Entry
		if err := json.Unmarshal(scanner.Bytes(), &e); err != nil {
			return Head{}, unreadable(c, err.Error())
		}
		if c == nil {
			c = begin(e.OrganizationID, noted)
		}
		if e.OrganizationID != c.at.OrganizationID {
			return Head{}, Broken{c.at.OrganizationID, c.at.Sequence + 1, "it belongs to " + e.OrganizationID}
		}
		if err := c.follow(e); err != nil {
			return Head{}, err
		}
	}
	switch err := scanner.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return Head{}, unreadable(c, "it is too long")
	case err != nil:
		return Head{}, err
	case c == nil && len(noted) == 0:
		return Head{}, ErrNoLine
	case c == nil:
		c = begin(noted[0].OrganizationID, noted)
	}
	if i := slices.IndexFunc(noted, func(h Head) bool { return h.OrganizationID != c.at.OrganizationID }); i >= 0 {
		return Head{}, Broken{noted[i].OrganizationID, 1, "the file is of the trail " + c.at.OrganizationID}
	}
	return c.end()
}

func unreadable(c *chain, why string) error {
	if c == nil {
		return Broken{"of the file", 1, "it cannot be read: " + why}
	}
	return Broken{c.at.OrganizationID, c.at.Sequence + 1, "it cannot be read: " + why}
}
