package redact

import "strings"

// table is a table whose header names a column of secrets: "user,password", "| user | password |".
type table struct {
	separator string // "" means that no table is going on
	fields    int
	secret    string // the columns that hold secrets, one byte each
}

const maxFields = 64

// row redacts a line of the table, and ends it with a line that is none of its.
func (t *table) row(line string) string {
	switch {
	case t.separator == "", isRule(line):
		return line
	case strings.Count(line, t.separator) == t.fields-1:
		return t.redact(line)
	}
	*t = table{}
	return line
}

// begin takes a line for the header of a table if it is one.
func (t *table) begin(line string) {
	if t.separator != "" {
		return
	}
	for _, separator := range []string{"|", ",", ";", "\t"} {
		n := strings.Count(line, separator) + 1
		if n < 2 || n > maxFields {
			continue
		}
		if secret := secretColumns(strings.Split(line, separator), separator); secret != "" {
			*t = table{separator, n, secret}
			return
		}
	}
}

// isRule says whether a line only divides parts of a table.
func isRule(line string) bool { return line != "" && strings.Trim(line, "+-=| ") == "" }

// secretColumns are the columns with a secret name, "" when the fields are not all names.
func secretColumns(fields []string, separator string) string {
	var secret []byte
	named, first := 0, false
	for i, field := range fields {
		name := strings.Trim(field, " \t\"'*`")
		if name == "" {
			continue
		}
		if separator != "|" && strings.Contains(name, " ") {
			return "" // a sentence
		}
		if len(name) > 40 || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz_-. 0123456789") != "" || !isLetter(name[0]) || looksGiven(name) {
			return ""
		}
		named++
		if nameStrength(name) == strong {
			first = first || named == 1
			secret = append(secret, byte(i))
		}
	}
	if named < 2 || named == 2 && first && separator == "|" { // "| password | hunter2 |" is a name and a value
		return ""
	}
	return string(secret)
}

func (t *table) redact(line string) string {
	fields := strings.Split(line, t.separator)
	for i := range t.secret {
		fields[t.secret[i]] = redactField(fields[t.secret[i]])
	}
	return strings.Join(fields, t.separator)
}

func redactField(field string) string {
	text := strings.Trim(field, " \t\"'")
	if text == Marker || innocent(text) {
		return field
	}
	return strings.Replace(field, text, Marker, 1)
}

// redactCell redacts the cell after one that is a secret name: "| password | hunter2 |".
func redactCell(line string) string {
	if strings.Count(line, "|") < 2 && strings.Count(line, "│") < 2 {
		return line
	}
	for _, bar := range []string{"|", "│"} {
		cells := strings.Split(line, bar)
		if len(cells) > maxFields {
			continue
		}
		for i := 0; i+1 < len(cells); i++ {
			if name := strings.TrimSpace(cells[i]); name != "" && !strings.Contains(name, " ") && nameStrength(name) == strong &&
				(isPasswordName(name) || looksGiven(strings.TrimSpace(cells[i+1]))) {
				cells[i+1] = redactField(cells[i+1])
				i++
			}
		}
		line = strings.Join(cells, bar)
	}
	return line
}
