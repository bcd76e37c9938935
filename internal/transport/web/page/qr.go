package page

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the empty margin that scanners need on each side (ISO/IEC 18004), in modules.
const quietZone = 4

// QR is a QR code as one SVG path: strokes of width 1 along its dark modules.
type QR struct {
	Size int    // modules along one side, the quiet zone included
	Path string // SVG path data in module units
}

// QRCode draws the text at error correction level M. It fails only when the text is too long for a QR code.
func QRCode(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return QR{}, fmt.Errorf("drawing a QR code: %w", err)
	}
	side := code.Bounds().Dx()
	var path strings.Builder
	for y := range side {
		pen := -1 // end of the last run in this row; none yet
		for x := 0; x < side; x++ {
			run := 0
			for x+run < side && code.At(x+run, y) == color.Black {
				run++
			}
			switch {
			case run == 0:
				continue
			case pen < 0:
				fmt.Fprintf(&path, "M%d %d.5h%d", x+quietZone, y+quietZone, run)
			default:
				fmt.Fprintf(&path, "m%d 0h%d", x-pen, run)
			}
			x += run
			pen = x
		}
	}
	return QR{Size: side + 2*quietZone, Path: path.String()}, nil
}
