package page

// QR is a QR code as the outline of its dark modules, ready for one SVG path.
type QR struct {
	Size int    // modules along one side, the quiet zone of four on each side included
	Path string // SVG path data in module units
}
