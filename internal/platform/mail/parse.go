package mail

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
)

// Message is a letter read back from its final form.
type Message struct {
	Header  netmail.Header
	From    string // name and address, as a person reads them
	To      string // the address
	Subject string
	Text    string
	HTML    string
	Source  string
}

// Parse reads a letter that Render wrote.
func Parse(source []byte) (Message, error) {
	parsed, err := netmail.ReadMessage(bytes.NewReader(source))
	if err != nil {
		return Message{}, err
	}
	m := Message{Header: parsed.Header, Source: string(source)}
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		return m, err
	}
	from, err := netmail.ParseAddress(parsed.Header.Get("From"))
	if err != nil {
		return m, err
	}
	to, err := netmail.ParseAddress(parsed.Header.Get("To")) // refuses a second one
	if err != nil {
		return m, err
	}
	m.From, m.To = from.Name+" <"+from.Address+">", to.Address
	kind, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return m, errors.Join(errors.New("mail: the letter has no parts"), err)
	}
	return m, m.readParts(multipart.NewReader(parsed.Body, params["boundary"]))
}

func (m *Message) readParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		switch kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind {
		case "text/plain":
			m.Text = text
		case "text/html":
			m.HTML = text
		}
	}
}
