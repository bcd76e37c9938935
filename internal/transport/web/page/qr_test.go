package page

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestQRCodeReadsBack(t *testing.T) {
	for _, text := range []string{
		"otpauth://totp/IDKit:a@b.example?secret=" + galleryKey + "&issuer=IDKit",
		"otpauth://totp/IDKit%20Northwind:priya@northwind.example?secret=" + galleryKey + "&issuer=IDKit%20Northwind&algorithm=SHA1&digits=6&period=30",
		"short",
	} {
		code, err := QRCode(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := readQR(t, darkModules(t, code)); got != text {
			t.Errorf("the code says %q, want %q", got, text)
		}
	}
}

func TestQRCodeRefusesWhatDoesNotFit(t *testing.T) {
	if _, err := QRCode(strings.Repeat("a", 4000)); err == nil {
		t.Error("4000 characters became a QR code")
	}
}

// darkModules follows the path with a pen and returns the modules inside the quiet zone.
func darkModules(t *testing.T, code QR) [][]bool {
	t.Helper()
	side := code.Size - 2*quietZone
	grid := make([][]bool, side)
	for i := range grid {
		grid[i] = make([]bool, side)
	}
	x, y := 0, 0
	for _, step := range regexp.MustCompile(`M(\d+) (\d+)\.5|m(\d+) 0|h(\d+)`).FindAllStringSubmatch(code.Path, -1) {
		switch number := func(i int) int { n, _ := strconv.Atoi(step[i]); return n }; step[0][0] {
		case 'M':
			x, y = number(1)-quietZone, number(2)-quietZone
		case 'm':
			x += number(3)
		case 'h':
			for range number(4) {
				grid[y][x] = true
				x++
			}
		}
	}
	return grid
}

// Where the alignment patterns stand and into how many data codewords each block of level M goes (ISO/IEC 18004,
// tables E.1 and 9), by version.
var (
	alignment = map[int][]int{1: nil, 2: {6, 18}, 3: {6, 22}, 4: {6, 26}, 5: {6, 30}, 6: {6, 34}, 7: {6, 22, 38}, 8: {6, 24, 42}, 9: {6, 26, 46}, 10: {6, 28, 50}}
	blocksOfM = map[int][]int{1: {16}, 2: {28}, 3: {44}, 4: {32, 32}, 5: {43, 43}, 6: {27, 27, 27, 27}, 7: {31, 31, 31, 31}, 8: {38, 38, 39, 39}, 9: {36, 36, 36, 37, 37}, 10: {43, 43, 43, 43, 44}}
)

// readQR reads an undamaged code of level M in byte mode, so it needs no error correction.
func readQR(t *testing.T, grid [][]bool) string {
	t.Helper()
	version := (len(grid) - 17) / 4
	blocks, ok := blocksOfM[version]
	if !ok {
		t.Fatalf("version %d is beyond this reader", version)
	}
	words := codewords(grid, version)
	data := make([][]byte, len(blocks))
	for position := range blocks[len(blocks)-1] {
		for i, length := range blocks {
			if position < length {
				data[i] = append(data[i], words[0])
				words = words[1:]
			}
		}
	}
	var bits strings.Builder
	for _, block := range data {
		for _, b := range block {
			fmt.Fprintf(&bits, "%08b", b)
		}
	}
	stream, lengthBits := bits.String(), 8
	if version >= 10 {
		lengthBits = 16
	}
	if stream[:4] != "0100" {
		t.Fatalf("mode %s is not byte mode", stream[:4])
	}
	length, _ := strconv.ParseInt(stream[4:4+lengthBits], 2, 32)
	stream = stream[4+lengthBits:]
	text := make([]byte, length)
	for i := range text {
		b, _ := strconv.ParseUint(stream[8*i:8*i+8], 2, 8)
		text[i] = byte(b)
	}
	return string(text)
}

// codewords walks the code in its zigzag and takes the mask off.
func codewords(grid [][]bool, version int) []byte {
	side := len(grid)
	masked := maskOf(grid)
	var words []byte
	var word, n byte
	up := true
	for right := side - 1; right > 0; right -= 2 {
		if right == 6 {
			right--
		}
		for i := range side {
			y := i
			if up {
				y = side - 1 - i
			}
			for _, x := range []int{right, right - 1} {
				if reserved(x, y, side, version) {
					continue
				}
				word <<= 1
				if grid[y][x] != masked(x, y) {
					word |= 1
				}
				if n++; n == 8 {
					words, word, n = append(words, word), 0, 0
				}
			}
		}
		up = !up
	}
	return words
}

func maskOf(grid [][]bool) func(x, y int) bool {
	pattern := 0
	for i, x := range []int{2, 3, 4} {
		if grid[8][x] {
			pattern |= 4 >> i
		}
	}
	pattern ^= 0b101 // the format is itself masked with 101010000010010
	return []func(x, y int) bool{
		func(x, y int) bool { return (x+y)%2 == 0 },
		func(_, y int) bool { return y%2 == 0 },
		func(x, _ int) bool { return x%3 == 0 },
		func(x, y int) bool { return (x+y)%3 == 0 },
		func(x, y int) bool { return (y/2+x/3)%2 == 0 },
		func(x, y int) bool { return x*y%2+x*y%3 == 0 },
		func(x, y int) bool { return (x*y%2+x*y%3)%2 == 0 },
		func(x, y int) bool { return ((x+y)%2+x*y%3)%2 == 0 },
	}[pattern]
}

// reserved modules carry patterns instead of data.
func reserved(x, y, side, version int) bool {
	if x == 6 || y == 6 || x < 9 && y < 9 || x >= side-8 && y < 9 || x < 9 && y >= side-8 {
		return true
	}
	if version >= 7 && (x >= side-11 && y < 6 || y >= side-11 && x < 6) {
		return true
	}
	for _, ax := range alignment[version] {
		for _, ay := range alignment[version] {
			corner := ax == 6 && ay == 6 || ax == 6 && ay == side-7 || ax == side-7 && ay == 6
			if !corner && max(x-ax, ax-x) <= 2 && max(y-ay, ay-y) <= 2 {
				return true
			}
		}
	}
	return false
}
