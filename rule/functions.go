package rule

import (
	"fmt"
	"math"
	"path"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/unloop-dev/unloop/evidence"
)

// functions are what rules have beyond CEL and its string functions:
//
//	mountAt(c.mounts, path)  the mount that path lies on; path "" when it lies on none
//	human(duration)          "1s", "2m11s", "5m", "3h20m", "4d2h"
//	bytes(int)               "128Mi"
//	list(strings)            "a, b"
func (l *language) functions() []cel.EnvOption {
	mount := cel.ObjectType("evidence.Mount")
	text := func(f func(ref.Val) string) cel.OverloadOpt {
		return cel.UnaryBinding(func(v ref.Val) ref.Val { return types.String(f(v)) })
	}
	return []cel.EnvOption{
		cel.Function("mountAt", cel.Overload("mount_at", []*cel.Type{cel.ListType(mount), cel.StringType}, mount,
			cel.BinaryBinding(l.mountAt))),
		cel.Function("human", cel.Overload("human_duration", []*cel.Type{cel.DurationType}, cel.StringType,
			text(func(v ref.Val) string { return Human(v.(types.Duration).Duration) }))),
		cel.Function("bytes", cel.Overload("bytes_int", []*cel.Type{cel.IntType}, cel.StringType,
			text(func(v ref.Val) string { return size(int64(v.(types.Int))) }))),
		cel.Function("list", cel.Overload("list_strings", []*cel.Type{cel.ListType(cel.StringType)}, cel.StringType,
			text(func(v ref.Val) string { return strings.Join(elements(v), ", ") }))),
	}
}

// mountAt finds the mount with the longest path that is a or lies above it, as the kernel does.
func (l *language) mountAt(mounts, at ref.Val) ref.Val {
	var best evidence.Mount
	target := path.Clean(string(at.(types.String)))
	for it := mounts.(traits.Lister).Iterator(); it.HasNext() == types.True; {
		native, err := it.Next().ConvertToNative(mountType)
		mount, ok := native.(evidence.Mount)
		if err != nil || !ok {
			continue
		}
		if within(target, mount.Path) && len(path.Clean(mount.Path)) > len(best.Path) {
			best = mount
		}
	}
	return l.value(best)
}

// within says whether target is dir or lies below it.
func within(target, dir string) bool {
	dir = path.Clean(dir)
	return dir == "/" && strings.HasPrefix(target, "/") || target == dir || strings.HasPrefix(target, dir+"/")
}

// elements gives the texts of a list of printable values.
func elements(list ref.Val) []string {
	var texts []string
	for it := list.(traits.Lister).Iterator(); it.HasNext() == types.True; {
		text, _ := printable(it.Next())
		texts = append(texts, text)
	}
	return texts
}

// Human writes a duration without digits that carry no meaning: times of the API are whole seconds, and after an hour
// nobody cares for those. It says at most two units, and no second one that is zero.
func Human(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 0:
		return "-" + Human(max(-d, 0))
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d.Round(time.Second) < time.Hour:
		d = d.Round(time.Second)
		return twoUnits(d/time.Minute, "m", d%time.Minute/time.Second, "s")
	case d.Round(time.Minute) < 2*day:
		d = d.Round(time.Minute)
		return twoUnits(d/time.Hour, "h", d%time.Hour/time.Minute, "m")
	}
	d = d.Round(time.Hour)
	return twoUnits(d/day, "d", d%day/time.Hour, "h")
}

func twoUnits(large time.Duration, unit string, small time.Duration, subunit string) string {
	switch {
	case large == 0:
		return fmt.Sprintf("%d%s", small, subunit)
	case small == 0:
		return fmt.Sprintf("%d%s", large, unit)
	}
	return fmt.Sprintf("%d%s%d%s", large, unit, small, subunit)
}

// size writes bytes as Kubernetes does, in the largest unit that keeps it exact, else with one decimal.
func size(n int64) string {
	if n < 0 {
		if n == math.MinInt64 {
			n++
		}
		return "-" + size(-n)
	}
	units := []string{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}
	unit, rest := 0, n
	for rest >= 1024 && unit+1 < len(units) && rest%1024 == 0 {
		rest /= 1024
		unit++
	}
	if rest < 10*1024 {
		return fmt.Sprintf("%d%s", rest, units[unit])
	}
	value := float64(rest)
	for value >= 1024 && unit+1 < len(units) {
		value /= 1024
		unit++
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", value), ".0") + units[unit]
}
