package rule

import (
	"reflect"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/unloop-dev/unloop/evidence"
	"github.com/unloop-dev/unloop/fact"
)

var (
	timeType  = reflect.TypeFor[time.Time]()
	mountType = reflect.TypeFor[evidence.Mount]()
)

// unknowns names every fact below v that is not known, which is what a nil pointer means in evidence. CEL
// itself reads a nil pointer as the zero value of what it points to (ext.NativeTypes), so exit code 0 and no exit code
// would look alike; with the patterns, an expression that hangs on such a fact evaluates to unknown, and names it.
//
// Slices and maps are not entered: a pattern cannot name a field of all elements. TestUnknownCannotHide holds evidence
// to having no pointers there.
func unknowns(name fact.Name, v reflect.Value) []fact.Name {
	var facts []fact.Name
	var walk func(path fact.Name, v reflect.Value)
	walk = func(path fact.Name, v reflect.Value) {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				facts = append(facts, path)
				return
			}
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct || v.Type() == timeType {
			return
		}
		for i := range v.NumField() {
			if field := celName(v.Type().Field(i)); field != "-" {
				walk(path+fact.Name("."+field), v.Field(i))
			}
		}
	}
	walk(name, v)
	return facts
}

// patterns makes CEL know the facts as unknown. What is part of another one is left out: CEL would name either, by chance
// (it looks for a match in a map).
func patterns(facts []fact.Name) []*cel.AttributePatternType {
	all := make(map[fact.Name]bool, len(facts))
	for _, name := range facts {
		all[name] = true
	}
	var made []*cel.AttributePatternType
	for _, name := range facts {
		if !all[name] || partOfAnother(name, all) {
			continue
		}
		all[name] = false // once is enough
		variable, path, _ := strings.Cut(string(name), ".")
		pattern := cel.AttributePattern(variable)
		for field := range strings.SplitSeq(path, ".") {
			if field != "" {
				pattern = pattern.QualString(field)
			}
		}
		made = append(made, pattern)
	}
	return made
}

func partOfAnother(name fact.Name, all map[fact.Name]bool) bool {
	for i, ch := range name {
		if _, listed := all[name[:i]]; ch == '.' && listed {
			return true
		}
	}
	return false
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
