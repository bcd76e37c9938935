//go:build browser

package browser

import ("testing";"net/http";"net/http/httptest")

func TestTry(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request){
		w.Header().Set("Content-Type","text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy","default-src 'none'; style-src 'self'; script-src 'self'")
		if r.Method=="POST" { r.ParseForm(); w.Write([]byte("<!doctype html><title>x</title><h1>Done</h1><p>got "+r.Form.Encode())); return }
		w.Write([]byte(`<!doctype html><html lang=en><title>T</title><main><h1>Log in</h1><form method=post novalidate><a href=/x>Somewhere</a><label for=e>Email</label><input id=e name=email type=email value=old><label for=p>Password</label><input id=p type=password name=p>
<label for=r>Role</label><select id=r name=r><option value="">Choose</option><option value=a>Administrator</option><option value=b>Customer Service</option></select><input type=checkbox id=c name=c><label for=c>I have saved</label><button>Log In</button></form><details><summary>More</summary>hi</details></main>`))
	}))
	defer s.Close()
	for _, w := range []way{{}, {noScripts:true},{keyboard:true}} {
		p := newPerson(t, s.URL, w)
		p.open("/")
		p.on("Log in")
		p.fill("Email","ada@northwind.example")
		p.fill("Password","correct horse é")
		p.choose("Role","Customer Service")
		p.tick("I have saved")
		if !w.noScripts { p.accessibleEverywhere("try") }
		p.press("More")
		p.press("Log In")
		p.on("Done")
		t.Log(p.describe())
	}
}
