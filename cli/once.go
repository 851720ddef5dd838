package cli

import (
	"fmt"

	"github.com/spf13/pflag"
)

// onceEach makes flags that hold one value refuse a second, different one. pflag lets the last one win in silence: with an
// alias that has --context in it, the answer would come from another cluster than the reader of the line believes.
func onceEach(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Value.Type() == "string" {
			f.Value = &onceValue{Value: f.Value}
		}
	})
}

type onceValue struct {
	pflag.Value
	given bool
}

func (v *onceValue) Set(value string) error {
	if v.given && value != v.String() {
		return fmt.Errorf("it is given as %q already", v.String())
	}
	v.given = true
	return v.Value.Set(value)
}
