package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
)

// InstallationTrail is the trail of acts outside any organization.
const InstallationTrail = "installation"

// Action names what happened, in the past tense: "user.invited". It is stable.
type Action string

// Target is whom or what an act was done to.
type Target struct {
	Kind string // "user", "organization", …
	ID   string
	Name string // as it was called at that moment
}

// Self is the target of what people do to their own account.
func Self(actor access.Actor) Target { return Target{Kind: "user", ID: actor.UserID, Name: actor.Name} }

// Event is one act to record.
type Event struct {
	OrganizationID string // whose trail it belongs to; empty takes the actor's
	Action         Action
	Target         Target
	Details        map[string]string // what a reader needs beyond the sentence; never a secret
}

// Entry is one recorded line of a trail.
type Entry struct {
	OrganizationID string
	Sequence       int64
	At             time.Time
	Action         Action
	ActorKind      access.ActorKind
	ActorID        string
	ActorName      string
	Target         Target
	Details        string // JSON with sorted keys
	Origin         access.Origin
	PreviousHash   []byte
	Hash           []byte
}

// Record writes the event into the transaction of the act. It takes the
// organization's place at the head of the chain until the transaction ends, so
// call it last.
func Record(ctx context.Context, tx *db.Tx, actor access.Actor, event Event) error {
	details, err := json.Marshal(event.Details)
	if err != nil {
		return fmt.Errorf("audit details: %w", err)
	}
	if event.Details == nil {
		details = []byte("{}")
	}
	e := Entry{
		OrganizationID: event.OrganizationID,
		At:             tx.Now,
		Action:         event.Action,
		ActorKind:      actor.Kind,
		ActorID:        actor.UserID,
		ActorName:      actor.Name,
		Target:         event.Target,
		Details:        string(details),
		Origin:         actor.Origin.Bounded(),
	}
	if e.OrganizationID == "" {
		e.OrganizationID = actor.OrganizationID
	}
	if e.OrganizationID == "" {
		e.OrganizationID = InstallationTrail
	}
	if err := link(ctx, tx, &e); err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

// Hold makes every other writer of the organizations' trails wait until the
// transaction ends: what is read from here on about their people stays true.
//
// Begin with it an act that depends on what others may be changing, or that
// changes what others change after their own Hold: of two transactions that take
// their rows in another order, the database would have to send one back.
func Hold(ctx context.Context, tx *db.Tx, organizationIDs ...string) error {
	// Always in the same order, so that two holders never wait for each other.
	for _, organizationID := range slices.Compact(slices.Sorted(slices.Values(organizationIDs))) {
		// A trail without a line has no row to wait for yet.
		_, err := tx.Exec(ctx, `
			INSERT INTO audit_heads (organization_id, sequence, hash) VALUES ($1, 0, $2)
			ON CONFLICT (organization_id) DO UPDATE SET sequence = audit_heads.sequence`, organizationID, genesis(organizationID))
		if err != nil {
			return err
		}
	}
	return nil
}

// link appends the entry to its chain. The update of the head row makes writers
// of one organization wait for each other, so that no two take the same number.
func link(ctx context.Context, tx *db.Tx, e *Entry) error {
	var head []byte
	err := tx.QueryRow(ctx, `
		INSERT INTO audit_heads (organization_id, sequence, hash) VALUES ($1, 1, $2)
		ON CONFLICT (organization_id) DO UPDATE SET sequence = audit_heads.sequence + 1
		RETURNING sequence, hash`, e.OrganizationID, genesis(e.OrganizationID)).Scan(&e.Sequence, &head)
	if err != nil {
		return err
	}
	e.PreviousHash = head
	e.Hash = e.digest()
	if _, err := tx.Exec(ctx, `UPDATE audit_heads SET hash = $2 WHERE organization_id = $1`, e.OrganizationID, e.Hash); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO audit_events (organization_id, sequence, at, action, actor_kind, actor_id, actor_name,
			target_kind, target_id, target_name, details, address, user_agent, request_id, previous_hash, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		e.OrganizationID, e.Sequence, e.At, string(e.Action), string(e.ActorKind), e.ActorID, e.ActorName,
		e.Target.Kind, e.Target.ID, e.Target.Name, e.Details, e.Origin.Address, e.Origin.UserAgent, e.Origin.RequestID,
		e.PreviousHash, e.Hash)
	if err != nil {
		return err
	}
	return e.noteSubjects(ctx, tx)
}

// noteSubjects keeps the names of the event for the search. The head of the
// chain is held by now, so that no two writers wait for each other's names.
func (e *Entry) noteSubjects(ctx context.Context, tx *db.Tx) error {
	const note = `INSERT INTO audit_subjects (organization_id, subject_id, name_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	for _, s := range e.subjects() {
		if _, err := tx.Exec(ctx, note, e.OrganizationID, s.ID, language.Fold(s.Name)); err != nil {
			return err
		}
	}
	return nil
}

// subjects are who acted and whom or what it was done to, each once, as far as they have an id.
func (e *Entry) subjects() []Target {
	actor := Target{ID: e.ActorID, Name: e.ActorName}
	target := Target{ID: e.Target.ID, Name: e.Target.Name}
	subjects := slices.Compact([]Target{actor, target})
	return slices.DeleteFunc(subjects, func(s Target) bool { return s.ID == "" })
}

// hashSize is the length of a hash, in bytes.
const hashSize = sha256.Size

// genesis is what the first entry of a chain refers to.
func genesis(organizationID string) []byte {
	sum := sha256.Sum256([]byte("idkit audit trail of " + organizationID))
	return sum[:]
}

// digest hashes every column but the hash itself, each with its length in
// front, so that no two different lines give the same bytes.
func (e Entry) digest() []byte {
	h := sha256.New()
	number := func(n int64) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	text := func(s string) {
		number(int64(len(s)))
		h.Write([]byte(s))
	}
	text(string(e.PreviousHash))
	text(e.OrganizationID)
	number(e.Sequence)
	number(e.At.UnixMicro())
	for _, s := range []string{
		string(e.Action), string(e.ActorKind), e.ActorID, e.ActorName,
		e.Target.Kind, e.Target.ID, e.Target.Name, e.Details,
		e.Origin.Address, e.Origin.UserAgent, e.Origin.RequestID,
	} {
		text(s)
	}
	return h.Sum(nil)
}
