package invitation

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/throttle"
)

// NoteLimit is the longest personal note of an invitation, in code points.
const NoteLimit = 300

// Refusals of an invitation.
var (
	// ErrEmailTaken says that the address already stands in this organization.
	// Its Params name who it is: ID, Name and Status.
	ErrEmailTaken     = fault.New(fault.Conflict, "invitation.email_taken")
	ErrNoteTooLong    = fault.New(fault.Invalid, "invitation.note_too_long").With("Maximum", NoteLimit)
	ErrNoteUnreadable = fault.New(fault.Invalid, "invitation.note_unreadable")
)

const actionInvited audit.Action = "user.invited"

// How many invitations one administrator and one organization may send.
var (
	invitesPerInviter      = throttle.Rule{Short: throttle.Window{Max: 50, Length: time.Hour}}
	invitesPerOrganization = throttle.Rule{Long: throttle.Window{Max: 200, Length: 24 * time.Hour}}
)

// Draft is what an administrator fills in.
type Draft struct {
	FirstName string
	LastName  string // may be empty
	Email     string
	RoleID    string
	Language  string    // of the mail; empty takes the default
	Note      string    // a personal line, plain text
	NotBefore time.Time // when its letter may leave; at once where zero
}

// RolesToGive returns the roles that the actor may choose for an invitation.
func (s *Service) RolesToGive(ctx context.Context, actor access.Actor) (roles []user.Role, err error) {
	if err := actor.Require(access.UsersInvite); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		roles, err = user.RolesWithin(ctx, tx, actor)
		return err
	})
	return roles, err
}

// Invite adds a person to the organization as invited and sends the mail whose
// link lets them set up their account.
//
// Faults: access.ErrForbidden; fields first_name, last_name, email, role, note;
// ErrEmailTaken; throttled; those of session.Recheck.
func (s *Service) Invite(ctx context.Context, actor access.Actor, n Draft) (invitee user.User, err error) {
	if err := actor.Require(access.UsersInvite); err != nil {
		return user.User{}, err
	}
	var c checked
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		actor, err := session.Authorize(ctx, tx, actor, access.UsersInvite)
		if err != nil {
			return err
		}
		if c, err = check(ctx, tx, actor, n); err != nil {
			return err
		}
		if err := refuseTaken(ctx, tx, actor, c.email); err != nil {
			return err
		}
		if _, err := throttle.Count(ctx, tx,
			throttle.Claim{Key: "invite:user:" + actor.UserID, Rule: invitesPerInviter},
			throttle.Claim{Key: "invite:organization:" + actor.OrganizationID, Rule: invitesPerOrganization},
			mailboxClaim(actor.OrganizationID, c.email.Key),
		); err != nil {
			return err
		}
		invitee, err = s.invite(ctx, tx, actor, c)
		return err
	})
	if db.ConflictOn(err, "users.organization_id", "users.email_key") { // a change of address was quicker
		return user.User{}, s.DB.Read(ctx, func(tx *db.Tx) error { return refuseTaken(ctx, tx, actor, c.email) })
	}
	return invitee, err
}

// InviteWithin is Invite as a part of a larger act, which has made sure with
// session.Authorize that the actor may, and bounds how many it sends. After a
// refusal the transaction can go on with the next one.
//
// Faults: fields first_name, last_name, email, role, note; ErrEmailTaken;
// throttled by the address.
func (s *Service) InviteWithin(ctx context.Context, tx *db.Tx, actor access.Actor, n Draft) (user.User, error) {
	c, err := check(ctx, tx, actor, n)
	if err != nil {
		return user.User{}, err
	}
	if err := refuseTaken(ctx, tx, actor, c.email); err != nil {
		return user.User{}, err
	}
	if _, err := throttle.Count(ctx, tx, mailboxClaim(actor.OrganizationID, c.email.Key)); err != nil {
		return user.User{}, err
	}
	return s.invite(ctx, tx, actor, c)
}

// checked is an invitation whose every field is good.
type checked struct {
	Draft
	invitee user.User
	email   person.Email
}

// check looks at every field, so that the form can show all mistakes at once.
func check(ctx context.Context, tx *db.Tx, actor access.Actor, n Draft) (checked, error) {
	invitee := user.User{OrganizationID: actor.OrganizationID, ID: id.New("usr"), Status: user.Invited}
	var bad person.Fields
	invitee.FirstName = bad.Name("first_name", n.FirstName, true)
	invitee.LastName = bad.Name("last_name", n.LastName, false)
	email := bad.Email("email", n.Email)
	n.Note = strings.TrimSpace(n.Note)
	switch {
	case utf8.RuneCountInString(n.Note) > NoteLimit:
		bad.Add("note", ErrNoteTooLong)
	case !organization.Readable(strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(n.Note)):
		bad.Add("note", ErrNoteUnreadable)
	}
	role, err := user.RoleToGive(ctx, tx, actor, n.RoleID)
	if err := bad.Collect("role", err); err != nil {
		return checked{}, err
	}
	invitee.RoleID, invitee.RoleName, invitee.RoleKind = role.ID, role.Name, role.Kind
	invitee.Email = email.Address
	return checked{n, invitee, email}, bad.Fault()
}

// refuseTaken answers with the person who already has the address here.
func refuseTaken(ctx context.Context, tx *db.Tx, actor access.Actor, email person.Email) error {
	u, err := user.Scan(tx.QueryRow(ctx, user.Columns+`WHERE u.organization_id = $1 AND u.email_key = $2`, actor.OrganizationID, email.Key))
	if errors.Is(err, db.ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	return ErrEmailTaken.With("ID", u.ID).With("Name", u.Name()).With("Status", u.Status)
}

func (s *Service) invite(ctx context.Context, tx *db.Tx, actor access.Actor, c checked) (user.User, error) {
	invitee := c.invitee
	if err := user.Insert(ctx, tx, invitee, c.email); err != nil {
		return user.User{}, err
	}
	invitee.CreatedAt = tx.Now
	invitation, err := s.openInvitation(ctx, tx, actor, invitee, c.Draft)
	if err != nil {
		return user.User{}, err
	}
	invitee.Invitation = &invitation
	return invitee, audit.Record(ctx, tx, actor, audit.Event{
		Action: actionInvited, Target: user.Target(invitee), Details: map[string]string{"email": invitee.Email, "role": invitee.RoleName},
	})
}

// openInvitation writes the invitation of a user and the letter that will carry its link.
func (s *Service) openInvitation(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, n Draft) (user.Invitation, error) {
	letterID, err := s.enqueueInvitation(ctx, tx, u, n.Language, n.NotBefore)
	if err != nil {
		return user.Invitation{}, err
	}
	var inviterID *string
	if actor.UserID != "" {
		inviterID = &actor.UserID
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO invitations (organization_id, user_id, inviter_id, inviter_name, language, note, created_at, letter_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		u.OrganizationID, u.ID, inviterID, actor.Name, n.Language, n.Note, tx.Now, letterID)
	return user.Invitation{InviterID: actor.UserID, InviterName: actor.Name, CreatedAt: tx.Now, LetterID: letterID}, err
}
