package page

// LoginNotice is a calm line above the log-in form.
type LoginNotice string

// The notices of the log-in page.
const (
	NoticeNone           LoginNotice = ""
	NoticeSessionEnded   LoginNotice = "session_ended"
	NoticeLoggedOut      LoginNotice = "logged_out"
	NoticeHalfLoginEnded LoginNotice = "half_login_ended" // the five minutes for the second step are over
)

// Login is posted to /login: fields email, password, next.
type Login struct {
	Notice   LoginNotice
	Problem  string // "The email address or password is not correct."; the password input gets the focus
	Email    Field
	Password Field
	Next     string // same-site path to return to; may be empty
}

func (v Login) describe() description {
	return description{
		template: "login", frame: frameEntry, title: "page.login.title", typing: v.Problem != "",
		problems: problems(v.Problem, named{"email", v.Email}, named{"password", v.Password}),
	}
}
