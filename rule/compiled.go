package rule

import "slices"

// compiled holds the patterns, conditions and templates of a rule. None is compiled before it is first used: of the
// hundred built-in rules few get past their first condition for any one container, and compiling CEL is by far the most
// expensive part of a run.
type compiled struct {
	// fields gives the places of the rule's fields, for mistakes that show only beside other rules.
	fields map[string]position

	patterns []*pattern
	when     *expression // nil: always
	levels   []*expression

	title, summary, settle    *template
	because, against, ruleOut []claim
	fix                       []step
}

type claim struct {
	when *expression
	text *template
	ref  *expression
}

type step struct {
	when          *expression
	text, command *template
	patch         *patch
}

// compile wires a decoded rule to where its texts stand. It compiles nothing yet.
func (d *decoder) compile(r *Rule) {
	c := &compiled{
		fields:  map[string]position{},
		when:    d.expression(r, &r.When, "when", wantBool),
		title:   d.template(r, &r.Title, "title"),
		summary: d.template(r, &r.Summary, "summary"),
		settle:  d.template(r, &r.Settle, "settle"),
		because: d.compileClaims(r, r.Because, "because"),
		against: d.compileClaims(r, r.Against, "against"),
		ruleOut: d.compileClaims(r, r.RuledOut, "ruledOut"),
	}
	for i := range r.Logs {
		p := &r.Logs[i]
		c.patterns = append(c.patterns, &pattern{
			Pattern: p,
			origin:  origin{d.src, d.at[&p.Match], 0, r, item("logs", i) + ".match"},
		})
	}
	for i := range r.Levels {
		c.levels = append(c.levels, d.expression(r, &r.Levels[i].When, item("levels", i)+".when", wantBool))
	}
	for i := range r.Fix {
		s, field := &r.Fix[i], item("fix", i)
		c.fix = append(c.fix, step{
			when:    d.expression(r, &s.When, field+".when", wantBool),
			text:    d.template(r, &s.Text, field+".text"),
			command: d.template(r, &s.Command, field+".command"),
			patch:   d.patch(r, &s.Patch, field+".patch"),
		})
	}
	for field, value := range map[string]any{
		"id": &r.ID, "title": &r.Title, "summary": &r.Summary, "explains": &r.Explains, "aliases": &r.Aliases, "replaces": &r.Replaces,
	} {
		if node := d.at[value]; node != nil {
			c.fields[field] = position{node.Line, node.Column}
		}
	}
	r.compiled = c
}

// compile compiles everything and gives all mistakes.
func (c *compiled) compile(l *language) error {
	var mistakes []error
	expression := func(x *expression) {
		if x != nil {
			_, err := x.compile(l)
			mistakes = append(mistakes, err)
		}
	}
	for _, p := range c.patterns {
		_, err := p.compile()
		mistakes = append(mistakes, err)
	}
	expression(c.when)
	for _, level := range c.levels {
		expression(level)
	}
	mistakes = append(mistakes, c.title.compile(l), c.summary.compile(l), c.settle.compile(l))
	for _, claim := range slices.Concat(c.because, c.against, c.ruleOut) {
		expression(claim.when)
		expression(claim.ref)
		mistakes = append(mistakes, claim.text.compile(l))
	}
	for _, s := range c.fix {
		expression(s.when)
		mistakes = append(mistakes, s.text.compile(l), s.command.compile(l), s.patch.compile(l))
	}
	return join(mistakes...)
}

func (d *decoder) compileClaims(r *Rule, claims []Claim, field string) []claim {
	made := make([]claim, len(claims))
	for i := range claims {
		c, field := &claims[i], item(field, i)
		made[i] = claim{
			when: d.expression(r, &c.When, field+".when", wantBool),
			text: d.template(r, &c.Text, field+".text"),
			ref:  d.expression(r, &c.Ref, field+".ref", wantString),
		}
	}
	return made
}

func (d *decoder) expression(r *Rule, text *string, field string, want want) *expression {
	if *text == "" {
		return nil
	}
	return &expression{text: *text, want: want, origin: origin{d.src, d.at[text], 0, r, field}}
}

func (d *decoder) template(r *Rule, text *string, field string) *template {
	if *text == "" {
		return nil
	}
	return &template{text: *text, origin: origin{d.src, d.at[text], 0, r, field}}
}

func (d *decoder) patch(r *Rule, text *string, field string) *patch {
	if *text == "" {
		return nil
	}
	return &patch{text: *text, origin: origin{d.src, d.at[text], 0, r, field}}
}
