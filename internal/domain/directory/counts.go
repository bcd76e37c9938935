package directory

import (
	"context"

	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// Counts are the numbers of users by status.
type Counts struct{ Invited, Active, Suspended int }

// All is the number of all users.
func (c Counts) All() int { return c.Invited + c.Active + c.Suspended }

func (c *Counts) add(status user.Status, users int) {
	switch status {
	case user.Invited:
		c.Invited += users
	case user.Active:
		c.Active += users
	case user.Suspended:
		c.Suspended += users
	}
}

// population is how many users there are of each group; groups without anybody are left out.
type population map[group]int

// countUsers reads the kept counts of an organization.
func countUsers(ctx context.Context, tx *db.Tx, organizationID string) (population, error) {
	p := population{}
	err := db.Each(ctx, tx, func(row db.Row) error {
		var g group
		var users int
		err := row.Scan(&g.roleID, &g.status, &g.secondFactor, &users)
		p[g] = users
		return err
	}, `SELECT role_id, status, second_factor, users FROM user_counts WHERE organization_id = $1 AND users > 0`, organizationID)
	return p, err
}

// counts sums up by status what role and second factor leave.
func (p population) counts(q Query) (c Counts) {
	q.Status = ""
	for g, users := range p.of(q) {
		c.add(g.status, users)
	}
	return c
}

// of is the part of the population that the filters let through.
func (p population) of(q Query) population {
	part := population{}
	for g, users := range p {
		if q.asks(g) {
			part[g] = users
		}
	}
	return part
}

func (p population) size() (all int) {
	for _, users := range p {
		all += users
	}
	return all
}
