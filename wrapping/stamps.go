package wrapping

import "strings"

// matches holds s against a pattern in which 0 stands for a digit and everything else for itself.
func matches(s, pattern string) bool {
	if len(s) < len(pattern) {
		return false
	}
	for i := range len(pattern) {
		if pattern[i] == '0' {
			if !isDigit(s[i]) {
				return false
			}
		} else if s[i] != pattern[i] {
			return false
		}
	}
	return true
}

func digitsAt(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// dateAt is the length of a time with date as RFC 3339 and its kin write it ("2026-04-10T08:22:00.123Z", "2026-04-10
// 08:22:00,123 +0000"), 0 if s begins with none.
func dateAt(s string) int {
	if !matches(s, "0000-00-00") || len(s) < 19 || s[10] != 'T' && s[10] != ' ' || !matches(s[11:], "00:00:00") {
		return 0
	}
	n := 19 + fractionAt(s[19:])
	return n + zoneAt(s[n:])
}

// fractionAt is the length of a fraction of a second.
func fractionAt(s string) int {
	if len(s) > 1 && (s[0] == '.' || s[0] == ',') && isDigit(s[1]) {
		return 1 + digitsAt(s[1:])
	}
	return 0
}

// zoneAt is the length of an offset from UTC.
func zoneAt(s string) int {
	switch {
	case strings.HasPrefix(s, "Z"):
		return 1
	case strings.HasPrefix(s, " UTC"), strings.HasPrefix(s, " GMT"):
		return 4
	}
	blank := 0
	if strings.HasPrefix(s, " ") {
		blank = 1
	}
	if t := s[blank:]; t != "" && (t[0] == '+' || t[0] == '-') {
		if matches(t[1:], "00:00") {
			return blank + 6
		}
		if matches(t[1:], "0000") && digitsAt(t[1:]) == 4 {
			return blank + 5
		}
	}
	return 0
}

// clockAt is the length of a time of day, "08:22:00" or "08:22:00.123".
func clockAt(s string) int {
	if !matches(s, "00:00:00") || len(s) > 8 && (isDigit(s[8]) || s[8] == ':') {
		return 0
	}
	return 8 + fractionAt(s[8:])
}

// slashedDateAt is the length of "2026/04/10 08:22:00", as Go's package log and nginx write it.
func slashedDateAt(s string) int {
	if !matches(s, "0000/00/00") || len(s) < 19 || s[10] != ' ' || !matches(s[11:], "00:00:00") {
		return 0
	}
	return 19 + fractionAt(s[19:])
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// monthAt is the length of "Apr 10 08:22:00", as syslog writes it.
func monthAt(s string) int {
	if len(s) < 15 || s[3] != ' ' || s[6] != ' ' || !isDigit(s[5]) || !isDigit(s[4]) && s[4] != ' ' {
		return 0
	}
	if i := strings.Index(months, s[:3]); i < 0 || i%3 != 0 {
		return 0
	}
	if n := clockAt(s[7:]); n > 0 {
		return 7 + n
	}
	return 0
}

// isKlogHead knows "E0410 08:22:00.123456", of klog.
func isKlogHead(s string) bool {
	return len(s) > 20 && strings.IndexByte("IWEF", s[0]) >= 0 && matches(s[1:], "0000 00:00:00.000000")
}

// dashboardAt is the length of a time as web pages write it: Rancher's log view ("4/10/2026 8:22:00 AM", before 2.5; "Fri,
// Apr 10 2026 8:22:00 am", since).
func dashboardAt(s string) int {
	n := digitsAt(s)
	switch {
	case n >= 1 && n <= 2 && len(s) > 12 && s[n] == '/':
		m := n + 1 + digitsAt(s[n+1:])
		if m-n < 2 || m-n > 3 || !matches(s[m:], "/0000") {
			return 0
		}
		n = m + 5
		n += len(s[n:]) - len(strings.TrimPrefix(s[n:], ","))
	case n == 0 && len(s) > 20 && strings.HasPrefix(s[3:], ", ") && strings.Contains(months, s[5:8]):
		n = 9 + digitsAt(s[9:])
		if !matches(s[n:], " 0000") {
			return 0
		}
		n += 5
	default:
		return 0
	}
	return halfDayAt(s, n)
}

// halfDayAt is the end of " 8:22:00 AM" from n on, 0 if it doesn't stand there.
func halfDayAt(s string, n int) int {
	if !strings.HasPrefix(s[n:], " ") {
		return 0
	}
	hours := digitsAt(s[n+1:])
	n += 1 + hours
	if hours < 1 || hours > 2 || !matches(s[n:], ":00:00 ") {
		return 0
	}
	n += 7
	if len(s) < n+2 || s[n+1]|0x20 != 'm' || s[n]|0x20 != 'a' && s[n]|0x20 != 'p' {
		return 0
	}
	return n + 2
}
