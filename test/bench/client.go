package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// client is one browser on one connection that stays open. It is written by hand, because the load shares its
// processors with the program: net/http's client costs as much as the page it asks for.
type client struct {
	address string
	from    string // the address that the program believes it to have
	cookies map[string]string

	connection net.Conn
	reader     *bufio.Reader
	received   counter

	status   int
	location string
	body     []byte
}

type counter struct {
	io.Reader
	bytes int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bytes += int64(n)
	return n, err
}

func newClient(address, from string) *client {
	return &client{address: address, from: from, cookies: map[string]string{}}
}

func (c *client) close() {
	if c.connection != nil {
		_ = c.connection.Close()
		c.connection = nil
	}
}

// text is the request as it goes over the wire.
func (c *client) text(method, path string, form url.Values) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\nUser-Agent: bench\r\n", method, path, host)
	if c.from != "" {
		fmt.Fprintf(&b, "X-Forwarded-For: %s\r\n", c.from)
	}
	if len(c.cookies) > 0 {
		var pairs []string
		for name, value := range c.cookies {
			pairs = append(pairs, name+"="+value)
		}
		fmt.Fprintf(&b, "Cookie: %s\r\n", strings.Join(pairs, "; "))
	}
	if method == "POST" {
		body := form.Encode()
		fmt.Fprintf(&b, "Origin: https://%s\r\nSec-Fetch-Site: same-origin\r\n", host)
		fmt.Fprintf(&b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	} else {
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

// ask sends one request and keeps the answer and its cookies.
func (c *client) ask(method, path string, form url.Values) error {
	return c.send(c.text(method, path, form))
}

func (c *client) send(request []byte) error {
	if c.connection == nil {
		connection, err := net.DialTimeout("tcp", c.address, 5*time.Second)
		if err != nil {
			return err
		}
		c.connection = connection
		c.received.Reader = connection
		c.reader = bufio.NewReader(&c.received)
	}
	_ = c.connection.SetDeadline(time.Now().Add(time.Minute))
	if _, err := c.connection.Write(request); err != nil {
		return err
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return err
	}
	c.body, err = io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	c.status, c.location = answer.StatusCode, answer.Header.Get("Location")
	for _, cookie := range answer.Cookies() {
		c.cookies[cookie.Name] = cookie.Value
		if cookie.MaxAge < 0 {
			delete(c.cookies, cookie.Name)
		}
	}
	if answer.Close {
		c.close()
	}
	return nil
}

// page is the body as text.
func (c *client) page() (string, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(c.body))
	if err != nil {
		return string(c.body), nil
	}
	text, err := io.ReadAll(unpacked)
	return string(text), err
}

var formToken = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// token opens a page and returns the token of its form.
func (c *client) token(path string) (string, error) {
	if err := c.ask("GET", path, nil); err != nil {
		return "", err
	}
	text, err := c.page()
	if err != nil {
		return "", err
	}
	found := formToken.FindStringSubmatch(text)
	if found == nil {
		return "", fmt.Errorf("GET %s answered %d without a form", path, c.status)
	}
	return found[1], nil
}

// post opens a page, fills its form and expects to be led on.
func (c *client) post(page, action string, form url.Values) error {
	token, err := c.token(page)
	if err != nil {
		return err
	}
	form.Set("form_token", token)
	return c.answered(http.StatusSeeOther, "POST "+action, c.ask("POST", action, form))
}

// open asks for a page and expects it to be there.
func (c *client) open(path string) error {
	return c.answered(http.StatusOK, "GET "+path, c.ask("GET", path, nil))
}

// answered turns any other answer than the one expected into an error.
func (c *client) answered(status int, what string, err error) error {
	if err == nil && c.status != status {
		err = fmt.Errorf("answered %d %s instead of %d", c.status, c.location, status)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
