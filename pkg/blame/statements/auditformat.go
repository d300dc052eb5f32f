package statements

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// audited is one statement that an audit plugin noted.
type audited struct {
	when       time.Time
	local      string // the server's own time, where the plugin writes that
	user, host string
	login      bool // user is what the client called itself
	text       string
	cut        bool // the text is not whole
	program    bool // a stored program or an event ran it
	failed     bool
	// connection and query tell what ran within what, in MariaDB's log.
	connection, query string
}

// mariadbLine is TIME,SERVER,USER,HOST,CONNECTION,QUERY,QUERY,DATABASE,'TEXT',CODE.
var mariadbLine = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d) (\d\d:\d\d:\d\d),[^,]*,([^,]*),([^,]*),(\d+),(\d+),QUERY,[^,]*,'(.*)',(\d+)$`)

// readCSV reads server_audit's log. A statement of an event is noted under the
// scheduler's name, the others under the name that the client gave.
func readCSV(content []byte, limit int) []audited {
	var list []audited
	for line := range bytes.Lines(content) {
		m := mariadbLine.FindSubmatch(bytes.TrimRight(line, "\r\n"))
		if m == nil {
			continue
		}
		f := func(i int) string { return string(m[i]) }
		r := audited{local: f(1) + "-" + f(2) + "-" + f(3) + " " + f(4), user: f(5), host: f(6), login: true, connection: f(7), query: f(8),
			failed: f(10) != "0", text: unescaped(f(9)), cut: limit > 0 && len(m[9]) >= limit-1}
		if r.user == "event_scheduler" {
			r.user, r.program = "", true
		}
		list = append(list, r)
	}
	return list
}

func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// markPrograms: what a procedure runs has a later number than the CALL, and is
// noted before it.
func markPrograms(records []audited) {
	open := map[string][]int{} // by connection: records that may turn out to be within another
	for i, r := range records {
		if r.connection == "" {
			continue
		}
		number, _ := strconv.ParseUint(r.query, 10, 64)
		var rest []int
		for _, j := range open[r.connection] {
			before, _ := strconv.ParseUint(records[j].query, 10, 64)
			if before > number {
				records[j].program = true
			} else {
				rest = append(rest, j)
			}
		}
		open[r.connection] = append(rest, i)
	}
}

// jsonRecord has the fields of MySQL's and Percona's records.
type jsonRecord struct {
	Timestamp string
	Class     string
	Event     string
	Account   struct{ User, Host string }
	Login     struct{ User, IP string }
	General   *struct {
		Query  string
		Status int
	} `json:"general_data"`
	Percona *struct {
		Name      string
		Timestamp string
		Status    int
		SQLText   string
		User      string
	} `json:"audit_record"`
}

// readJSON reads an array of records, or a record a line. The file may begin in
// the middle of one, and has no end while it is written.
func readJSON(content []byte) []audited {
	var list []audited
	for {
		at := bytes.IndexByte(content, '{')
		if at < 0 {
			return list
		}
		decoder := json.NewDecoder(bytes.NewReader(content[at:]))
		var r jsonRecord
		if decoder.Decode(&r) != nil {
			content = content[at+1:]
			continue
		}
		content = content[at+int(decoder.InputOffset()):]
		if one, ok := r.statement(); ok {
			list = append(list, one)
		}
	}
}

// statement is noted more than once: the record of its end counts.
func (r jsonRecord) statement() (audited, bool) {
	switch {
	case r.Percona != nil:
		p := r.Percona
		return accounted(p.Timestamp, p.User, "", p.SQLText, p.Status != 0), p.Name == "Query" || p.Name == "Execute"
	case r.General != nil && r.Class == "general" && r.Event == "status":
		failed := r.General.Status != 0
		if strings.Contains(r.Login.User, "[") {
			return accounted(r.Timestamp, r.Login.User, "", r.General.Query, failed), true
		}
		one := accounted(r.Timestamp, "", "", r.General.Query, failed)
		if r.Account.User != "" { // else by an account without a name
			one.user, one.host = r.Login.User, orElse(r.Login.IP, r.Account.Host)
		}
		return one, true
	}
	return audited{}, false
}

// accounted is a record whose user is written as in the general log, with the
// account before the name that the client gave.
func accounted(at, user, host, text string, failed bool) audited {
	a := audited{when: auditTime(at), host: host, text: text, failed: failed}
	if user != "" {
		a.user, a.host, a.program = generalUser(user)
		if host != "" && a.user != "" {
			a.host = host
		}
	}
	return a
}

// auditTime: all of these plugins write UTC.
func auditTime(s string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05 MST", time.RFC3339, "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// xmlRecord is one AUDIT_RECORD: its fields are elements in the new style and
// attributes in the old.
type xmlRecord struct {
	Attrs  []xml.Attr `xml:",any,attr"`
	Fields []struct {
		XMLName xml.Name
		Text    string `xml:",chardata"`
	} `xml:",any"`
}

// readXML reads both styles. The file may begin in the middle of a record, and has
// no closing element while it is written.
func readXML(content []byte) []audited {
	var list []audited
	const open = "<AUDIT_RECORD"
	for {
		at := bytes.Index(content, []byte(open))
		if at < 0 {
			return list
		}
		decoder := xml.NewDecoder(bytes.NewReader(content[at:]))
		decoder.Strict = false
		var r xmlRecord
		if decoder.Decode(&r) != nil {
			content = content[at+len(open):]
			continue
		}
		content = content[at+int(decoder.InputOffset()):]
		f := map[string]string{}
		for _, a := range r.Attrs {
			f[strings.ToUpper(a.Name.Local)] = a.Value
		}
		for _, e := range r.Fields {
			f[strings.ToUpper(e.XMLName.Local)] = e.Text
		}
		if (f["NAME"] == "Query" || f["NAME"] == "Execute") && f["USER"] != "" {
			list = append(list, accounted(f["TIMESTAMP"], f["USER"], f["IP"], f["SQLTEXT"], f["STATUS"] != "" && f["STATUS"] != "0"))
		}
	}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
