package main

import "time"

// The roles of the story; the first two are in every organization.
const (
	administrator   = "Administrator"
	member          = "Member"
	customerService = "Customer Service"
	reviewer        = "Reviewer"
	helpDesk        = "Help Desk"
	auditor         = "Auditor"
)

// part is how somebody appears in the story.
type part struct {
	first, last string
	mailbox     string
	role        string
	factor      bool
	came        int           // how many days before the end they were invited
	every       int           // days between two visits; 0 for somebody who never came back
	seen        time.Duration // before the end, when they were last there
}

const (
	hours = time.Hour
	days  = 24 * time.Hour
)

// northwindCast is everybody who has joined Northwind, beside those of whom the story tells more.
var northwindCast = []part{
	{"Sam", "Ito", "sam", administrator, true, 41, 4, 3 * hours},
	{"Marco", "Rossi", "marco", administrator, true, 40, 5, 5 * hours},
	{"Priya", "Shah", "priya", customerService, false, 39, 6, 40 * time.Minute},
	{"Zeynep", "Yılmaz", "zeynep", customerService, true, 38, 9, 2 * hours},
	{"Thabo", "Dlamini", "thabo", customerService, true, 38, 8, 26 * hours},
	{"Éloïse", "D'Amboise", "eloise", customerService, true, 37, 7, 4 * hours},
	{"美咲", "佐藤", "misaki.sato", customerService, true, 36, 9, 30 * hours},
	{"João", "Gonçalves", "joao", customerService, false, 35, 12, 9 * days},
	{"Ngozi", "Adeyemi", "ngozi", customerService, true, 34, 10, 50 * time.Minute},
	{"Rosanne", "McDonald", "rosanne", customerService, false, 33, 11, 2 * days},
	{"محمد", "العلي", "mohammed.alali", customerService, true, 31, 9, 6 * hours},
	{"Wei", "Zhang", "wei", reviewer, true, 38, 8, 20 * days},
	{"Łukasz", "Wiśniewski", "lukasz", reviewer, true, 37, 8, 29 * hours},
	{"Γιώργος", "Παπαδόπουλος", "giorgos", reviewer, true, 36, 12, 3 * days},
	{"Phương", "Trần", "phuong", reviewer, false, 34, 13, 5 * hours},
	{"Jürgen", "Straßer", "juergen", member, true, 33, 10, 28 * hours},
	{"Lakshmi", "Chatterjee", "lakshmi", reviewer, true, 30, 11, 4 * days},
	{"민준", "김", "minjun.kim", reviewer, true, 27, 9, 20 * time.Minute},
	{"Kofi", "Mensah", "kofi", helpDesk, true, 36, 6, 90 * time.Minute},
	{"Amina", "Bello", "amina", helpDesk, true, 25, 8, 27 * hours},
	{"Ingrid", "Sørensen", "ingrid", auditor, true, 26, 9, 55 * time.Minute},
	{"Björk", "", "bjork", member, true, 36, 14, 2 * days},
	{"Oksana", "Шевченко", "oksana", member, false, 32, 15, 6 * days},
	{"נועה", "לוי", "noa.levi", member, true, 32, 13, 7 * hours},
	{"María José", "García Rodríguez", "mariajose", member, true, 29, 14, 3 * days},
	{"Anneliese Maria Theresia", "Schäfer-Hoffmann zu Köhlerstein", "anneliese.schaefer-hoffmann", member, false, 28, 12, 9 * days},
	{"Þóra", "Guðmundsdóttir", "thora", member, true, 24, 11, 31 * hours},
	{"Oliver", "Smith", "oliver", member, false, 23, 12, 5 * days},
	{"Chidi", "Eze", "chidi", member, false, 35, 10, 15 * days},
	{"Hugo", "Lambert", "hugo", member, false, 30, 11, 3 * days},
	{"Naledi", "Nkosi", "naledi", member, false, 26, 12, 6 * days},
	{"Rahul", "Iyer", "rahul", member, false, 22, 10, 4 * days},
	{"Göran", "Lindström", "goran", member, false, 38, 2, 36 * days},
	{"Inês", "Magalhães", "ines", member, false, 19, 0, 0},
}

var fabrikamCast = []part{
	{"Emre", "Demir", "emre", administrator, true, 29, 7, 2 * days},
	{"Astrid", "Larsen", "astrid", "Agent", true, 28, 9, 5 * hours},
	{"Rohan", "Gupta", "rohan", "Agent", true, 27, 8, 26 * hours},
	{"Sofía", "Núñez", "sofia", "Agent", false, 25, 10, 3 * days},
	{"娜", "李", "na.li", "Agent", true, 22, 11, 8 * hours},
	{"Theo", "Becker", "theo", member, false, 20, 12, 6 * days},
	{"Fatou", "Diallo", "fatou", "Agent", true, 14, 6, 4 * hours},
}

var tailspinCast = []part{
	{"Noah", "Williams", "noah", member, false, 5, 2, 6 * hours},
	{"Yiğit", "Aydın", "yigit", member, true, 4, 2, 25 * hours},
}

// place is where somebody sits, and in front of what.
type place struct{ address, agent string }

// The browsers of the story.
const (
	firefoxOnWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
	edgeOnWindows    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
	chromeOnMac      = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
	safariOnMac      = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"
	safariOnPhone    = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1"
	chromeOnAndroid  = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
	firefoxOnLinux   = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
)

var agents = []string{firefoxOnWindows, chromeOnMac, edgeOnWindows, safariOnPhone, safariOnMac, chromeOnAndroid, firefoxOnLinux}

// elsewhere is where somebody sits whom nobody knows. Addresses of the story are those of documentation (RFC 5737).
var elsewhere = place{"192.0.2.66", firefoxOnLinux}
