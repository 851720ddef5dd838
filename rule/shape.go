package rule

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxID bounds an id: it is typed by hand and heads a column of the report.
const maxID = 60

// kebab is the shape of ids: words of lower-case letters and digits.
var kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// The closed sets of words, the default first.
var (
	confidences = []Confidence{Certain, Likely, Possible}
	eachWords   = []string{"container", "pod"}
	inWords     = []string{"crash", "tail", "message"}
	riskWords   = []string{"none", "low", "restart", "data"}
)

// shape checks what can be seen without compiling anything: that required fields are there and that words are of their
// sets. It also fills in defaults.
func (d *decoder) shape(r *Rule) {
	d.name(r)
	d.need(r, &r.Title, "title")
	d.word(&r.Each, "each", eachWords)
	if d.needs(r, r.Class != "", "class") {
		d.word(&r.Class, "class", Classes)
	}
	for i := range r.Aliases {
		d.kebab(&r.Aliases[i], "aliases")
	}
	d.need(r, &r.Since, "since")
	// A retired rule only keeps its id taken.
	if r.Deprecated != "" {
		return
	}
	d.need(r, &r.Summary, "summary")
	if d.needs(r, r.Confidence != "", "confidence") {
		word(d, &r.Confidence, "confidence", confidences)
	}
	d.needs(r, len(r.Because) > 0 || len(r.Logs) > 0, "because")
	d.needs(r, len(r.Fix) > 0, "fix")
	d.conditions(r)
	d.claims("because", r.Because)
	d.claims("against", r.Against)
	d.claims("ruledOut", r.RuledOut)
	for i := range r.Fix {
		d.need(&r.Fix[i], &r.Fix[i].Text, item("fix", i)+".text")
		if r.Fix[i].Risk != "" {
			d.word(&r.Fix[i].Risk, item("fix", i)+".risk", riskWords)
		}
	}
}

// name checks the id, which must also be the name of the folder or file: a person looks for a rule by its id.
func (d *decoder) name(r *Rule) {
	if !d.needs(r, r.ID != "", "id") || !d.kebab(&r.ID, "id") {
		return
	}
	base := path.Base(d.src.file)
	place, what := strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml"), "file"
	if base == causeFile {
		place, what = path.Base(path.Dir(d.src.file)), "folder"
	}
	if place != "." && place != r.ID {
		d.reportNode(d.at[&r.ID], "id", "expected the name of the %s, %q", what, place)
	}
}

func (d *decoder) conditions(r *Rule) {
	if len(r.Logs) == 0 && r.When == "" && !d.blamed("when") && !d.blamed("logs") {
		d.reportNode(d.at[r], "when", "missing: a rule needs logs, when or both")
	}
	if len(r.Logs) > 0 && r.Each == "pod" {
		d.reportNode(d.at[&r.Logs], "logs", "a rule with each: pod has no log of its own; use each: container")
	}
	for i := range r.Logs {
		p := &r.Logs[i]
		d.need(p, &p.Match, item("logs", i)+".match")
		d.word(&p.In, item("logs", i)+".in", inWords)
	}
	for i := range r.Levels {
		level := &r.Levels[i]
		d.need(level, &level.When, item("levels", i)+".when")
		if d.needs(level, level.Confidence != "", item("levels", i)+".confidence") {
			word(d, &level.Confidence, item("levels", i)+".confidence", confidences)
		}
	}
}

func (d *decoder) claims(field string, claims []Claim) {
	for i := range claims {
		d.need(&claims[i], &claims[i].Text, item(field, i)+".text")
	}
}

// need reports a text that is empty or absent; owner is the struct that should hold it.
func (d *decoder) need(owner any, text *string, field string) {
	d.needs(owner, *text != "", field)
}

func (d *decoder) needs(owner any, there bool, field string) bool {
	if !there && !d.blamed(field) {
		d.reportNode(d.at[owner], field, "missing")
	}
	return there
}

// blamed says whether the field, or one that it is part of, already has a mistake: a value of the wrong type should not
// be called missing as well.
func (d *decoder) blamed(field string) bool {
	return slices.ContainsFunc(d.mistakes, func(err error) bool {
		bad := place(err).field
		return field == bad || strings.HasPrefix(field, bad+".") || strings.HasPrefix(field, bad+"[")
	})
}

func (d *decoder) kebab(id *string, field string) bool {
	if kebab.MatchString(*id) && len(*id) <= maxID {
		return true
	}
	d.reportNode(d.at[id], field, "expected words of lower-case letters and digits joined by hyphens, at most %d characters", maxID)
	return false
}

func (d *decoder) word(text *string, field string, allowed []string) {
	word(d, text, field, allowed)
}

// word checks that a text is one of a set. An absent one becomes the first of the set.
func word[T ~string](d *decoder, text *T, field string, allowed []T) {
	if *text == "" {
		*text = allowed[0]
	}
	if slices.Contains(allowed, *text) {
		return
	}
	words := make([]string, len(allowed))
	for i, w := range allowed {
		words[i] = string(w)
	}
	d.reportNode(d.at[text], field, "expected one of %s, found %q", strings.Join(words, ", "), string(*text))
}
