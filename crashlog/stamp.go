package crashlog

import (
	"strings"
	"time"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// stamp reads the time stamp that s begins with and returns its length, 0 when there is none. The time is zero when the
// stamp has no year, as in syslog and klog, or no date. A stamp without a zone is taken as UTC, which is what
// containers run in unless someone took care that they do not. It is zero, too, for a year that cannot be meant.
func stamp(s string) (time.Time, int) {
	t, n := anyStamp(s)
	return plausible(t), n
}

// lastYear bounds what is believed: a program that writes of later years means no moment by it, and times so far apart
// cannot be subtracted or written as JSON.
const lastYear = 2200

func plausible(t time.Time) time.Time {
	if t.Year() > lastYear {
		return time.Time{}
	}
	return t
}

func anyStamp(s string) (time.Time, int) {
	if len(s) < 8 {
		return time.Time{}, 0
	}
	switch {
	case s[0] >= '0' && s[0] <= '9':
		if t, n := isoStamp(s); n > 0 {
			return t, n
		}
		if t, n := dayFirstStamp(s); n > 0 {
			return t, n
		}
		if t, n := epochStamp(s); n > 0 {
			return t, n
		}
		return time.Time{}, clock(s)
	case strings.IndexByte("JFMASONDWT", s[0]) >= 0:
		return monthFirstStamp(s)
	}
	return time.Time{}, 0
}

// isoStamp reads 2006-01-02T15:04:05.999999999Z07:00 and its relatives: slashes or dots in the date, a blank for the T,
// a comma before the fraction, no zone.
func isoStamp(s string) (time.Time, int) {
	if len(s) < 19 || s[4] != s[7] || strings.IndexByte("-/.", s[4]) < 0 || strings.IndexByte("T _t", s[10]) < 0 {
		return time.Time{}, 0
	}
	year, month, day := number(s[:4]), number(s[5:7]), number(s[8:10])
	if year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, 0
	}
	n := clock(s[11:])
	if n == 0 {
		return time.Time{}, 0
	}
	text := s[11 : 11+n]
	zone, zn := zone(s[11+n:])
	t := time.Date(year, time.Month(month), day, number(text[:2]), number(text[3:5]), number(text[6:8]), fraction(text[8:]), zone)
	return t, 11 + n + zn
}

// clock returns the length of a time of day, 15:04:05 with or without a fraction.
func clock(s string) int {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' || number(s[:2]) < 0 || number(s[3:5]) < 0 || number(s[6:8]) < 0 {
		return 0
	}
	n := 8
	if len(s) > 9 && (s[8] == '.' || s[8] == ',' || s[8] == ':') && digit(s[9]) {
		for n = 9; n < len(s) && digit(s[n]); n++ {
		}
	}
	if n < len(s) && (digit(s[n]) || s[n] == ':') {
		return 0
	}
	return n
}

// zone reads Z, +07:00, +0700, " UTC", " +0000" or nothing.
func zone(s string) (*time.Location, int) {
	skip := 0
	if strings.HasPrefix(s, " ") {
		skip = 1
	}
	rest := s[skip:]
	switch {
	case skip == 0 && (strings.HasPrefix(rest, "Z") || strings.HasPrefix(rest, "z")):
		return time.UTC, 1
	case strings.HasPrefix(rest, "UTC") || strings.HasPrefix(rest, "GMT"):
		return time.UTC, skip + 3
	case len(rest) >= 5 && (rest[0] == '+' || rest[0] == '-') && number(rest[1:3]) >= 0:
		minutes, n := rest[3:5], 5
		if rest[3] == ':' && len(rest) >= 6 {
			minutes, n = rest[4:6], 6
		}
		if number(minutes) < 0 || skip == 1 && n < len(rest) && rest[n] != ' ' && rest[n] != ']' {
			break
		}
		offset := number(rest[1:3])*3600 + number(minutes)*60
		if rest[0] == '-' {
			offset = -offset
		}
		return time.FixedZone("", offset), skip + n
	}
	return time.UTC, 0
}

var (
	dayFirst   = lazyregexp.New(`^(\d{1,2})[ /-](Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[ /-](\d{4})[ :T](\d\d:\d\d:\d\d)(?:[.,](\d+))?(?: ?([+-]\d{4}|UTC|GMT))?`)
	monthFirst = lazyregexp.New(`^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* +(\d{1,2}),?(?: (\d{4}),?)? (\d{1,2}:\d\d:\d\d)(?:[.,]\d+)?(?: ([AP]M))?(?: (?:[A-Z]{3,4} )?(\d{4})\b)?`)
)

// dayFirstStamp reads 10 Jan 2026 09:11:41.089 (redis), 10-Jan-2026 09:11:41 (PHP-FPM), 10/Jan/2026:09:11:41 +0000 (access logs).
func dayFirstStamp(s string) (time.Time, int) {
	m := dayFirst.FindStringSubmatch(s[:min(len(s), 48)])
	if m == nil {
		return time.Time{}, 0
	}
	t, err := time.Parse("2 Jan 2006 15:04:05", m[1]+" "+m[2]+" "+m[3]+" "+m[4])
	if err != nil {
		return time.Time{}, 0
	}
	if zone, n := zone(m[6]); n > 0 {
		_, offset := t.In(zone).Zone()
		t = t.Add(-time.Duration(offset) * time.Second)
	}
	return t.Add(time.Duration(fraction("." + m[5]))), len(m[0])
}

// monthFirstStamp reads Jan  2 15:04:05 (syslog), Jan 02, 2026 3:04:05 PM (java.util.logging), Mon Jan 02 15:04:05.000 2026 (Apache).
func monthFirstStamp(s string) (time.Time, int) {
	m := monthFirst.FindStringSubmatch(s[:min(len(s), 48)])
	if m == nil {
		return time.Time{}, 0
	}
	year := m[3] + m[6]
	t, err := time.Parse("Jan 2 2006 15:04:05 PM", m[1]+" "+m[2]+" "+year+" "+m[4]+" "+m[5])
	if m[5] == "" {
		t, err = time.Parse("Jan 2 2006 15:04:05", m[1]+" "+m[2]+" "+year+" "+m[4])
	} else if err != nil {
		t, err = time.Parse("Jan 2 2006 3:04:05 PM", m[1]+" "+m[2]+" "+year+" "+m[4]+" "+m[5])
	}
	if err != nil || len(year) != 4 {
		return time.Time{}, len(m[0])
	}
	return t, len(m[0])
}

// epochStamp reads seconds or milliseconds since 1970, with or without a fraction, followed by white space.
func epochStamp(s string) (time.Time, int) {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	if n != 10 && n != 13 || s[0] != '1' {
		return time.Time{}, 0
	}
	var value int64
	for i := range n {
		value = value*10 + int64(s[i]-'0')
	}
	t := time.Unix(value, 0)
	if n == 13 {
		t = time.UnixMilli(value)
	}
	end := n
	if end+1 < len(s) && s[end] == '.' && digit(s[end+1]) {
		for end++; end < len(s) && digit(s[end]); end++ {
		}
		t = t.Add(time.Duration(fraction(s[n:end])))
	}
	if end < len(s) && s[end] != ' ' && s[end] != '\t' {
		return time.Time{}, 0
	}
	return t.UTC(), end
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// number reads a short decimal number, -1 when it is none.
func number(s string) int {
	n := 0
	for i := range len(s) {
		if !digit(s[i]) {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// fraction reads ".123" as nanoseconds.
func fraction(s string) int {
	n := 0
	for i := 1; i <= 9; i++ {
		n *= 10
		if i < len(s) && digit(s[i]) {
			n += int(s[i] - '0')
		}
	}
	return n
}
