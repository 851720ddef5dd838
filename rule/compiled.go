package rule

import "slices"

// compiled holds the patterns, conditions and templates of a rule. None is compiled before it is first used: of the
// hundred built-in rules few get past their first condition for any one container, and compiling CEL is by far the most
// expensive part of a run.
type compiled struct {
	// fields gives the places of the rule's fields, for mistakes that show only beside other rules.
	fields map[string]position

	patterns []*pattern
	when     condition
	levels   []condition

	title, summary            *template
	settle                    *command
	because, against, ruleOut []claim
	fix                       []step
}

type claim struct {
	when condition
	text *template
	ref  *expression
}

type step struct {
	when    condition
	text    *template
	command *command
	patch   *patch
}

// compile wires a decoded rule to where its texts stand. It compiles nothing yet.
func (d *decoder) compile(r *Rule) {
	c := &compiled{
		fields:  map[string]position{},
		when:    d.condition(r, &r.When, "when"),
		title:   d.template(r, &r.Title, "title"),
		summary: d.template(r, &r.Summary, "summary"),
		settle:  d.command(r, &r.Settle, "settle"),
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
		c.levels = append(c.levels, d.condition(r, &r.Levels[i].When, item("levels", i)+".when"))
	}
	for i := range r.Fix {
		s, field := &r.Fix[i], item("fix", i)
		c.fix = append(c.fix, step{
			when:    d.condition(r, &s.When, field+".when"),
			text:    d.template(r, &s.Text, field+".text"),
			command: d.command(r, &s.Command, field+".command"),
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
	mistakes := []error{c.when.compile(l), c.title.compile(l), c.summary.compile(l), c.settle.compile(l)}
	for _, p := range c.patterns {
		_, err := p.compile()
		mistakes = append(mistakes, err)
	}
	for _, level := range c.levels {
		mistakes = append(mistakes, level.compile(l))
	}
	for _, claim := range slices.Concat(c.because, c.against, c.ruleOut) {
		mistakes = append(mistakes, claim.when.compile(l), claim.text.compile(l), claim.ref.check(l))
	}
	for _, s := range c.fix {
		mistakes = append(mistakes, s.when.compile(l), s.text.compile(l), s.command.compile(l), s.patch.compile(l))
	}
	return join(mistakes...)
}

func (d *decoder) compileClaims(r *Rule, claims []Claim, field string) []claim {
	made := make([]claim, len(claims))
	for i := range claims {
		c, field := &claims[i], item(field, i)
		made[i] = claim{
			when: d.condition(r, &c.When, field+".when"),
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

func (d *decoder) condition(r *Rule, text *string, field string) condition {
	if *text == "" {
		return nil
	}
	return newCondition(d.expression(r, text, field, wantBool))
}

func (d *decoder) template(r *Rule, text *string, field string) *template {
	if *text == "" {
		return nil
	}
	return &template{text: *text, origin: origin{d.src, d.at[text], 0, r, field}}
}

func (d *decoder) command(r *Rule, text *string, field string) *command {
	if *text == "" {
		return nil
	}
	return &command{template: d.template(r, text, field)}
}

func (d *decoder) patch(r *Rule, text *string, field string) *patch {
	if *text == "" {
		return nil
	}
	return &patch{text: *text, origin: origin{d.src, d.at[text], 0, r, field}}
}
