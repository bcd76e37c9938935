package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"idkit/internal/platform/db"
)

// Head is where a trail ended at some moment: its last line and the hash of it.
// Noted elsewhere, it shows later whether the lines up to it are still the same.
type Head struct {
	OrganizationID string
	Sequence       int64 // 0 for a trail without a line
	Hash           []byte
}

// String is the head in one word, to be noted and handed to ParseHead.
func (h Head) String() string {
	return h.OrganizationID + ":" + strconv.FormatInt(h.Sequence, 10) + ":" + hex.EncodeToString(h.Hash)
}

// ParseHead reads what String wrote.
func ParseHead(text string) (h Head, err error) {
	parts := strings.Split(strings.TrimSpace(text), ":")
	if len(parts) == 3 {
		h.OrganizationID = parts[0]
		if h.Sequence, err = strconv.ParseInt(parts[1], 10, 64); err == nil {
			h.Hash, err = hex.DecodeString(parts[2])
		}
	}
	if err != nil || h.OrganizationID == "" || h.Sequence < 1 || len(h.Hash) != hashSize {
		return Head{}, fmt.Errorf("%q is not a head: it looks like org_…:1204:3f9a…, as verify prints it", text)
	}
	return h, nil
}

// Broken is the verdict on a trail that does not hold.
type Broken struct {
	OrganizationID string
	Sequence       int64 // the first line at which the trail does not hold
	Reason         string
}

func (b Broken) Error() string {
	return fmt.Sprintf("trail %s is broken at line %d: %s", b.OrganizationID, b.Sequence, b.Reason)
}

// verifyPage is how many entries Verify holds in memory at once.
const verifyPage = 1000

// Verify walks a trail from its first line to its head, holds it to the heads
// that were noted elsewhere, and returns where it ends. Heads of other trails
// are left alone. Lines written meanwhile do not disturb it: the head decides
// where the trail ends, and the last line is read before the head, which only
// moves on. The error is a Broken where the trail does not hold. What Verify
// cannot see without a noted head stands in the package's doc.
func Verify(ctx context.Context, tx *db.Tx, organizationID string, noted ...Head) (Head, error) {
	last, err := lastLine(ctx, tx, organizationID)
	if err != nil {
		return Head{}, err
	}
	end, err := HeadOf(ctx, tx, organizationID)
	if err != nil {
		return Head{}, err
	}
	if last > end.Sequence {
		return Head{}, Broken{organizationID, end.Sequence + 1, fmt.Sprintf("the trail goes on to line %d, its head says %d", last, end.Sequence)}
	}
	c := begin(organizationID, noted)
	after := int64(math.MinInt64) // there must be no line before the first either
	for c.at.Sequence < end.Sequence {
		page, err := db.Collect(ctx, tx, scan, `SELECT `+columns+` FROM audit_events
			WHERE organization_id = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence LIMIT $4`,
			organizationID, after, end.Sequence, verifyPage)
		if err != nil {
			return Head{}, err
		}
		if len(page) == 0 {
			return Head{}, Broken{organizationID, c.at.Sequence + 1, fmt.Sprintf("the trail ends at line %d, its head says %d", c.at.Sequence, end.Sequence)}
		}
		for _, e := range page {
			if err := c.follow(e); err != nil {
				return Head{}, err
			}
		}
		after = c.at.Sequence
	}
	if end.Sequence > 0 && !bytes.Equal(c.at.Hash, end.Hash) {
		return Head{}, Broken{organizationID, end.Sequence, "it is not the line that the head refers to"}
	}
	return c.end()
}

// chain is a trail on the way through its lines.
type chain struct {
	at    Head // the line that was followed last
	noted []Head
}

func begin(organizationID string, noted []Head) *chain {
	return &chain{at: Head{OrganizationID: organizationID, Hash: genesis(organizationID)}, noted: noted}
}

// follow takes the next line, or returns why it cannot be it.
func (c *chain) follow(e Entry) error {
	number := c.at.Sequence + 1
	reason := ""
	switch {
	case e.Sequence < number:
		reason = fmt.Sprintf("line %d stands behind line %d", e.Sequence, c.at.Sequence)
	case e.Sequence > number:
		reason = fmt.Sprintf("line %d is missing", number)
	case !bytes.Equal(e.PreviousHash, c.at.Hash):
		reason = "it does not refer to the line before it"
	case !bytes.Equal(e.Hash, e.digest()):
		reason = "it was changed"
	}
	for _, h := range c.noted {
		if reason == "" && h.OrganizationID == c.at.OrganizationID && h.Sequence == number && !bytes.Equal(h.Hash, e.Hash) {
			reason = "it is not the line of the head that was noted: this line or one before it was written anew"
		}
	}
	if reason != "" {
		return Broken{c.at.OrganizationID, number, reason}
	}
	c.at.Sequence, c.at.Hash = e.Sequence, e.Hash
	return nil
}

// end is where the trail ends, which must not be before a noted head.
func (c *chain) end() (Head, error) {
	for _, h := range c.noted {
		if h.OrganizationID == c.at.OrganizationID && h.Sequence > c.at.Sequence {
			return Head{}, Broken{c.at.OrganizationID, c.at.Sequence + 1, fmt.Sprintf("the trail ends at line %d, the head that was noted says %d", c.at.Sequence, h.Sequence)}
		}
	}
	return c.at, nil
}

// lastLine is the number of the last line, 0 where there is none.
func lastLine(ctx context.Context, tx *db.Tx, organizationID string) (sequence int64, err error) {
	err = tx.QueryRow(ctx, `SELECT sequence FROM audit_events WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1`, organizationID).Scan(&sequence)
	if errors.Is(err, db.ErrNoRow) {
		return 0, nil
	}
	return sequence, err
}

// HeadOf is the end of a trail; a trail without one has no lines.
func HeadOf(ctx context.Context, tx *db.Tx, organizationID string) (h Head, err error) {
	h.OrganizationID = organizationID
	err = tx.QueryRow(ctx, `SELECT sequence, hash FROM audit_heads WHERE organization_id = $1`, organizationID).Scan(&h.Sequence, &h.Hash)
	if errors.Is(err, db.ErrNoRow) {
		return h, nil
	}
	return h, err
}
