package mail_test

import "strings"

// hostileNames are what strangers have called themselves, or could.
func hostileNames() []string {
	whole := []string{
		"", " ", "\x00", "\r\n", ".", "..", "...", "-", "_", "'", `"`, "`", "null", "undefined", "NaN", "0", "-1", "{{.Brand}}", "{{template \"mail.html\"}}",
		"${brand}", "%s%s%n", "%0d%0aBcc:x", "<%= 7*7 %>", "#{7*7}", "[[7*7]]", "{{constructor.constructor('x')()}}",
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "</title><b>x</b>", "</style><b>x", "--></td></tr></table><h1>x",
		"<!--", "-->", "<![CDATA[x]]>", "<a href=https://evil.example>Log in</a>", "<a href='//evil.example'>x", "<base href=https://evil.example>",
		"<meta http-equiv=refresh content=0;url=https://evil.example>", "<style>*{display:none}</style>", "<link rel=stylesheet href=//evil.example>",
		"<iframe src=//evil.example>", "<form action=//evil.example>", "<table background=//evil.example>", `" onmouseover="alert(1)`, "' style='x", "&lt;b&gt;", "&#60;b&#62;", "&amp;",
		"＜b＞", "﹤script﹥", "\ufe64b\ufe65", "<\u200bscript>", "<b", "b>", "=?utf-8?q?=0d=0aBcc:_eve=40evil.example?=", "=?utf-8?b?PGI+?=", "=\u200b?utf-8?q?x?=",
		"=?utf-8?q?one?= =?utf-8?q?two?=", "?=", "==?utf-8?q?x?==",
		"Ada\r\nBcc: eve@evil.example", "Ada\nBcc: eve@evil.example", "Ada\rBcc: eve@evil.example", "Ada\r\n\r\n<b>body</b>", "Ada\u2028Bcc: x", "Ada\u2029Bcc: x", "Ada\u0085Bcc: x",
		"Ada\x0bBcc: x", "Ada\x0cBcc: x", "Ada\x1b[31m", "\x7f", "\u009b31m", ".\r\nQUIT", "\r\n.\r\nMAIL FROM:<x>", "Subject: other", "Content-Type: text/html", "MIME-Version: 1.0",
		"ada@evil.example", "Ada <ada@evil.example>", "ada@evil.example, eve@evil.example", "ada@localhost", "ada＠evil．example", "@evil.example", "a@b", "\"ada\"@evil.example", "ada@[127.0.0.1]", "ada%evil.example@x",
		"mailto:eve@evil.example", "tel:+15551234567", "sms:+1555", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<b>", "vbscript:x", "file:///etc/passwd", "ftp://evil.example", "callto:x", "bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
		"http://evil.example", "https://evil.example/?a=b&c=d#e", "HTTP://EVIL.EXAMPLE", "hTTp://evil.example", "http:evil.example", "http:/evil.example", "http:///evil.example", "http:\\\\evil.example", "//evil.example", "\\\\evil.example",
		"/\\evil.example", "evil.example", "www.evil.example", "WWW.EVIL.EXAMPLE", "evil.example/path", "evil.example:8080/x", "sub.sub.evil.example", "xn--80ak6aa92e.com", "аррӏе.com", "例え.テスト", "例え。テスト", "evil。example", "evil．example", "evil｡example",
		"evil․example", "evil﹒example", "http：／／evil.example", "http：//evil。example", "http://evil.example:80", "http://user:pass@evil.example", "http://127.0.0.1/x", "127.0.0.1", "http://[::1]/", "[::1]", "http://0x7f000001", "evil.co", "evil.museum", "a.b", "1.a", "a.1",
		"Visit http://evil.example now!", "Call https://evil.example, please", "(http://evil.example)", "[click](http://evil.example)", "![x](http://evil.example/x.png)", "<http://evil.example>", "\"http://evil.example\"", "http://evil.example.", "http://evil.example,", "x:http://evil.example",
		"ht\u200btp://evil.example", "http\u200b://evil.example", "evil\u200b.\u200bexample", "evil.\u200bexample", "evil\u00ad.example", "evil\u2060.example", "evil.\u202eexample", "\u202ehttp://evil.example", "\u202emoc.live//:ptth", "\u2066http://evil.example\u2069", "\u200fhttp://evil.example", "\ufeffhttp://evil.example", "\u061chttp://evil.example",
		"\u202eAda", "\u202dAda\u202c", "A\u200bd\u200ba", "\u2067Ada\u2069", "Ada\u034f", "\u3164", "\uffa0\u115f\u1160", "\u2800", "\U000e0041\U000e0042", "\ue000\uf8ff", "\ufdd0\ufffe", "\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "Ada\xf0\x9f", "\ufffd",
		"Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357\u0358a\u0351\u0352\u0353\u0354\u0355\u0356\u0357\u0358lgo", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇦🇺", "ﷺ", "ﬁ", "𝓐𝓭𝓪", "Ⓐⓓⓐ", "مريم", "אדה", "ada\u00a0okafor", "ada\u3000okafor",
		"---------- Forwarded message ----------", "-- ", "--", "----------------------------------------", "From nobody", ">From nobody", "> quoted", "*bold* _it_ `code`", "# Heading", "1. list", "- item", "| a | b |", "~~~", "<<EOF",
		"--boundary\r\nContent-Type: text/html\r\n\r\n<b>x</b>", "begin 644 x.exe", "Your account is blocked. Call +1 555 123 4567", "Reset your password at evil.example/reset", "IDKit Support <support@evil.example>", "A.D.A. & Co. KG", "O'Neil", "Inc.", "50% off!!!", "\\u003cb\\u003e",
		"Robert'); DROP TABLE letters;--", "../../etc/passwd", "C:\\Windows", "\\", "/", "|", ":", "::", "@", "@@", "=", "?", "&", "<", ">", "<>", "><",
	}
	long := []string{"x", "W", "a b ", "http://evil.example/", "é", "\u0351", "<", "=?", ".a", "@", "👩‍👩‍👧‍👦", "\u202e", "\r\n", "a\u0351"}
	for _, unit := range long {
		whole = append(whole, strings.Repeat(unit, 100), strings.Repeat(unit, 5000))
	}
	return whole
}
