package rule

import (
	"reflect"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/unloop-dev/unloop/evidence"
)

var (
	timeType  = reflect.TypeFor[time.Time]()
	mountType = reflect.TypeFor[evidence.Mount]()
)

// unknowns gives a pattern for every fact below v that is not known, which is what a nil pointer means in evidence. CEL
// itself reads a nil pointer as the zero value of what it points to (ext.NativeTypes), so exit code 0 and no exit code
// would look alike; with the patterns, an expression that hangs on such a fact evaluates to unknown, and names it.
//
// Slices and maps are not entered: a pattern cannot name a field of all elements. TestUnknownCannotHide holds evidence
// to having no pointers there.
func unknowns(name string, v reflect.Value) []*cel.AttributePatternType {
	var patterns []*cel.AttributePatternType
	var walk func(path []string, v reflect.Value)
	walk = func(path []string, v reflect.Value) {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				pattern := cel.AttributePattern(name)
				for _, field := range path {
					pattern = pattern.QualString(field)
				}
				patterns = append(patterns, pattern)
				return
			}
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct || v.Type() == timeType {
			return
		}
		for i := range v.NumField() {
			if field := celName(v.Type().Field(i)); field != "-" {
				walk(append(path[:len(path):len(path)], field), v.Field(i))
			}
		}
	}
	walk(nil, v)
	return patterns
}

// blind gives a pattern for every fact that the source of the evidence cannot show, whatever the field says.
func blind(facts []string) []*cel.AttributePatternType {
	var patterns []*cel.AttributePatternType
	for _, fact := range facts {
		variable, path, _ := strings.Cut(fact, ".")
		pattern := cel.AttributePattern(variable)
		for field := range strings.SplitSeq(path, ".") {
			if field != "" {
				pattern = pattern.QualString(field)
			}
		}
		patterns = append(patterns, pattern)
	}
	return patterns
}

// celName gives the name of a field in CEL, "-" for one that has none.
func celName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("cel"), ",")
	switch {
	case !field.IsExported():
		return "-"
	case name == "":
		return field.Name
	}
	return name
}
