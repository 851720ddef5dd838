package printed

import (
	"strconv"
	"strings"
	"time"
)

// ageUnits are the units that ages are printed in, widest first, as apimachinery's util/duration counts them.
var ageUnits = []struct {
	letter byte
	unit   time.Duration
	most   int64 // more of it is no age
}{
	{'y', 365 * 24 * time.Hour, 200},
	{'d', 24 * time.Hour, 200 * 365},
	{'h', time.Hour, 200 * 365 * 24},
	{'m', time.Minute, 1 << 24},
	{'s', time.Second, 1 << 30},
}

// ParseAge reads an age as apimachinery's duration.HumanDuration prints it, or ShortHumanDuration as kubectl before 1.11
// did: "61s", "2m11s", "64m", "3d4h". Both cut off what is below their last unit, so that "64m" is anything from 64
// minutes to 65. HumanDuration also leaves out a last unit of zero ("3m" is 3m0s up to a second); since the older one
// prints "3m" for the whole minute, the wider reading is taken. "<unknown>" and "<invalid>" (a time in the future) are
// ages, but not known ones; ok is false for what is no age at all.
func ParseAge(s string) (age Age, ok bool) {
	s = strings.TrimSpace(s)
	if s == "<unknown>" || s == "<invalid>" {
		return Age{}, true
	}
	if s == "" || len(s) > len("8y364d23h59m59s") {
		return Age{}, false
	}
	var sum, last time.Duration
	for _, u := range ageUnits {
		end := strings.IndexByte(s, u.letter)
		if end < 0 {
			continue
		}
		n, err := strconv.ParseUint(s[:end], 10, 31)
		if err != nil || int64(n) > u.most {
			return Age{}, false
		}
		sum += time.Duration(n) * u.unit
		last, s = u.unit, s[end+1:]
	}
	if s != "" || last == 0 || sum < 0 {
		return Age{}, false
	}
	return Age{Min: sum, Max: sum + last, Known: true}, true
}

// ParseEventAge reads the age of an event in a table, "21s" or "21s (x3 over 61s)": how long ago it was last seen, how
// often, and how long ago first (kubectl's translateMicroTimestampSince and "(x%d over %s)" in describe and events).
// count is 0 and first not known where it was printed once.
func ParseEventAge(s string) (last Age, count int32, first Age, ok bool) {
	head, tail, many := strings.Cut(strings.TrimSpace(s), " (x")
	if last, ok = ParseAge(head); !ok || !many {
		return last, 0, Age{}, ok
	}
	times, since, found := strings.Cut(strings.TrimSuffix(tail, ")"), " over ")
	n, err := strconv.ParseInt(times, 10, 32)
	if !found || err != nil || n < 0 {
		return Age{}, 0, Age{}, false
	}
	if first, ok = ParseAge(since); !ok {
		return Age{}, 0, Age{}, false
	}
	return last, int32(n), first, true
}
