package rule

import (
	"errors"
	"sync"

	"cel.dev/cel-go/common/types"

	"github.com/unloop-dev/unloop/internal/shell"
)

// command is the template of a command: words, with expressions in them.
type command struct {
	*template

	once  sync.Once
	words *shell.Template
	err   error
}

// parse cuts the text into words.
func (c *command) parse() (*shell.Template, error) {
	c.once.Do(func() {
		parts, err := c.split()
		if err != nil {
			c.err = err
			return
		}
		pieces := make([]shell.Part, len(parts))
		for i, p := range parts {
			pieces[i] = shell.Part{Text: p.literal, Hole: p.expression != nil}
		}
		if c.words, err = shell.Parse(pieces); err != nil {
			c.err = c.mistake(0, "%v", err)
		}
	})
	return c.words, c.err
}

// compile compiles all expressions.
func (c *command) compile(l *language) error {
	if c == nil {
		return nil
	}
	_, err := c.parse()
	return errors.Join(err, c.template.compile(l))
}

// expand gives the command, none where a value is not known: half a command is worse than none.
func (c *command) expand(s *scope) shell.Command {
	if c == nil {
		return nil
	}
	words, err := c.parse()
	if err != nil {
		return nil
	}
	var holes []*expression
	for _, p := range c.parts {
		if p.expression != nil {
			holes = append(holes, p.expression)
		}
	}
	made, known := words.Fill(func(hole int) (shell.Value, bool) { return holes[hole].word(s) })
	if !known {
		return nil
	}
	return made
}

// word gives what stands in a hole of a command.
func (x *expression) word(s *scope) (shell.Value, bool) {
	value := x.evaluate(s).value
	if value != nil && value.Type() == types.ListType {
		return shell.Value{Words: elements(value), List: true}, true
	}
	text, ok := printable(value)
	if name, isName := standInFor(x.text); isName && (!ok || text == "") {
		return shell.Value{Absent: true, Option: name.option, Placeholder: name.placeholder}, true
	}
	return shell.Value{Words: []string{text}}, ok
}
