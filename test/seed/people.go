package main

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"idkit/internal/platform/language"
)

// newest is when the last of the people came; the others came evenly over the years before.
var newest = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

const years = 5 * 365 * 24 * time.Hour

// somebody is one person of the seed.
type somebody struct {
	userID, accountID string
	first, last       string
	email             string
	status            string
	role              int // among the roles, by their shares
	secondFactor      bool
	createdAt         time.Time
	lastActiveAt      *time.Time
}

// crowd draws people, the same ones for the same seed.
type crowd struct {
	seed uint64
	size int // among how many the years are divided
	from int // how many were there before
}

// at returns one of the people, whichever others are asked for.
func (c crowd) at(i int) somebody {
	number := c.from + i
	r := rand.New(rand.NewPCG(c.seed, uint64(number)))
	created := newest.Add(-years).Add(time.Duration(float64(years) * float64(i+1) / float64(c.size)))
	p := somebody{
		userID: idAt("usr", created, r), accountID: idAt("acc", created, r), createdAt: created,
		role: shareOf(r, roleShares), status: "active",
	}
	first, firstLatin, last, lastLatin := drawName(r)
	p.first, p.last = first, last
	p.email = fmt.Sprintf("%s.%s%d@%s", firstLatin, lastLatin, number, domains[r.IntN(len(domains))])
	switch draw := r.IntN(100); {
	case draw < 8:
		p.status, p.accountID = "invited", ""
		return p
	case draw < 11:
		p.status = "suspended"
	}
	p.secondFactor = r.IntN(100) < 62
	if r.IntN(20) > 0 { // most have been here within the last days, some not for years
		ago := time.Duration(float64(newest.Sub(created)) * r.Float64() * r.Float64() * r.Float64())
		active := newest.Add(-ago).Truncate(time.Microsecond)
		p.lastActiveAt = &active
	}
	return p
}

// roleShares says how many of a thousand hold each role, the first of which is the Administrator.
var roleShares = []int{2, 798, 150, 49, 1}

// shareOf draws an index by its share of a thousand.
func shareOf(r *rand.Rand, shares []int) int {
	draw := r.IntN(1000)
	for i, share := range shares {
		if draw -= share; draw < 0 {
			return i
		}
	}
	return 0
}

// drawName returns a first and a last name, each with its spelling for addresses. One in a hundred has a single name.
func drawName(r *rand.Rand) (first, firstLatin, last, lastLatin string) {
	draw := r.IntN(100)
	for _, t := range tongues {
		if draw -= t.share; draw < 0 {
			first, firstLatin = spelled(t.given[r.IntN(len(t.given))])
			last, lastLatin = spelled(t.family[r.IntN(len(t.family))])
			break
		}
	}
	if r.IntN(100) == 0 {
		last = ""
	}
	return first, firstLatin, last, lastLatin
}

var withoutAccent = strings.NewReplacer("ø", "o", "ł", "l", "ß", "ss", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "æ", "ae", "'", "")

func spelled(entry string) (name, latin string) {
	name, latin, other := strings.Cut(entry, ":")
	if !other {
		latin = withoutAccent.Replace(language.Fold(name))
	}
	return name, latin
}

var encoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// idAt is what package id would have made at the time (a UUID of version 7), from the chance of the seed.
func idAt(prefix string, at time.Time, r *rand.Rand) string {
	var u [16]byte
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|0x7000|r.Uint64()&0xfff)
	binary.BigEndian.PutUint64(u[8:], 1<<63|r.Uint64()>>2)
	return prefix + "_" + encoding.EncodeToString(u[:])
}
