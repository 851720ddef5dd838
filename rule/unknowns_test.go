package rule

import (
	"reflect"
	"regexp"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/evidence"
)

// TestNilPointerTrap pins the behaviour of CEL that unknowns is built against: without patterns a nil pointer reads as
// zero, so that "no exit code" would pass for exit code 0.
func TestNilPointerTrap(t *testing.T) {
	l := testLanguage(t)
	checked, issues := l.env.Compile("c.lastExit.code == 0")
	if issues.Err() != nil {
		t.Fatal(issues.Err())
	}
	program, err := l.env.Program(checked, cel.EvalOptions(cel.OptPartialEval))
	if err != nil {
		t.Fatal(err)
	}
	c := &evidence.Container{LastExit: &evidence.Exit{}}
	value, _, err := program.Eval(map[string]any{"c": c})
	if err != nil || value.Value() != true {
		t.Fatalf("without patterns: %v, %v; CEL no longer reads nil as zero, unknowns can be simplified", value, err)
	}
	x := &expression{text: "c.lastExit.code == 0", want: wantBool, origin: origin{rule: &Rule{}}}
	got := x.evaluate(containerScope(t, evidence.Evidence{}, *c))
	if got.value != nil || !cmp.Equal(got.needs, []string{"c.lastExit.code"}) {
		t.Errorf("with patterns: %v, needs %v; want unknown, c.lastExit.code", got.value, got.needs)
	}
}

func TestUnknownFacts(t *testing.T) {
	code, limit, ran := 0, 1.5, 3*time.Second
	known := evidence.Container{
		Name: "api", RestartPolicy: "Always", CPULimit: &limit,
		LastExit: &evidence.Exit{Code: &code, RanFor: &ran},
	}
	for _, test := range []struct {
		expression string
		want       string // "true", "false", or the facts it hangs on
	}{
		{`c.lastExit.code == 0`, "true"},
		{`c.lastExit.ranFor < duration("5s")`, "true"},
		{`c.cpuLimit > 1.0`, "true"},
		{`c.lastExit.started < at`, "c.lastExit.started"},
		{`c.log.crash.message == "x"`, "c.log"},
		{`c.log.empty`, "c.log"},
		{`c.prevExit.code == 0`, "c.prevExit"},
		{`node.ready`, "node"},
		{`pod.age > duration("1h")`, "pod.age"},
		{`workload.job.backoffLimit > 3`, "workload.job.backoffLimit"},
		{`c.security.runAsUser == 0 && node.ready`, "c.security.runAsUser node"},
		// What is known decides where it can.
		{`node.ready && c.restartPolicy == "Never"`, "false"},
		{`c.restartPolicy == "Never" && node.ready`, "false"},
		{`node.ready || c.restartPolicy == "Always"`, "true"},
		{`c.restartPolicy == "Always" ? true : node.ready`, "true"},
		{`!node.ready`, "node"},
		{`c.mounts.exists(x, x.path == "/tmp") || node.ready`, "node"},
		{`[c.prevExit.code].exists(x, x == 1)`, "c.prevExit"},
		{`human(c.runningFor) == "0s"`, "c.runningFor"},
	} {
		x := &expression{text: test.expression, want: wantBool, origin: origin{rule: &Rule{}}}
		if got := x.evaluate(containerScope(t, evidence.Evidence{At: time.Unix(1e9, 0)}, known)).String(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.expression, got, test.want)
		}
	}
}

// TestUnknownCannotHide walks all types that rules see. A pointer below a slice or a map would be unknown without any
// pattern that could say so; a field without its own name would change with the Go code.
func TestUnknownCannotHide(t *testing.T) {
	lowerCamel := regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)
	seen := map[reflect.Type]bool{}
	var walk func(path string, typ reflect.Type, inList bool)
	walk = func(path string, typ reflect.Type, inList bool) {
		switch typ.Kind() {
		case reflect.Pointer:
			if inList {
				t.Errorf("%s: a pointer below a slice or map cannot be unknown to CEL", path)
			}
			walk(path, typ.Elem(), inList)
			return
		case reflect.Slice, reflect.Array:
			walk(path+"[]", typ.Elem(), true)
			return
		case reflect.Map:
			walk(path+"[]", typ.Elem(), true)
			return
		case reflect.Interface, reflect.Func, reflect.Chan:
			t.Errorf("%s: %s has no meaning in CEL", path, typ)
			return
		}
		if typ.Kind() != reflect.Struct || typ == timeType || seen[typ] && !inList {
			return
		}
		seen[typ] = true
		names := map[string]bool{}
		for i := range typ.NumField() {
			field := typ.Field(i)
			if !field.IsExported() || field.Tag.Get("cel") == "-" {
				continue
			}
			name := field.Tag.Get("cel")
			if !lowerCamel.MatchString(name) {
				t.Errorf("%s.%s: cel tag %q is not lowerCamel", path, field.Name, name)
			}
			if names[name] {
				t.Errorf("%s.%s: cel tag %q is given twice", path, field.Name, name)
			}
			names[name] = true
			walk(path+"."+name, field.Type, inList)
		}
	}
	walk("c", reflect.TypeFor[evidence.Container](), false)
	walk("pod", reflect.TypeFor[evidence.Pod](), false)
	walk("node", reflect.TypeFor[evidence.Node](), false)
	walk("workload", reflect.TypeFor[evidence.Workload](), false)
	walk("events", reflect.TypeFor[[]evidence.Event](), false)
}
