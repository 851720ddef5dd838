// Package term holds what printing to a terminal needs: whether to colour, how wide a line may be, how to break text
// into lines, and how to make foreign text harmless.
package term

import (
	"fmt"
	"io"
	"strconv"

	xterm "golang.org/x/term"
)

// The bounds of [Width]. Lines wider than MaxWidth are hard to read; below MinWidth there is nothing left to wrap.
const (
	DefaultWidth = 80
	MinWidth     = 40
	MaxWidth     = 120
)

// IsTerminal says whether a stream, which is read or written, is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(interface{ Fd() uintptr })
	return ok && xterm.IsTerminal(int(f.Fd()))
}

// UseColor decides whether to colour what is written to w. When is the value of --color: auto (or ""), always or never.
// Under auto a non-empty NO_COLOR forbids (no-color.org), a CLICOLOR_FORCE other than 0 asks for it
// (bixense.com/clicolors), and otherwise w must be a terminal that is not dumb.
func UseColor(when string, w io.Writer, getenv func(string) string) (bool, error) {
	switch when {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "", "auto":
	default:
		return false, fmt.Errorf("unknown --color %q: want auto, always or never", when)
	}
	if getenv("NO_COLOR") != "" {
		return false, nil
	}
	if force := getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		return true, nil
	}
	return getenv("TERM") != "dumb" && IsTerminal(w), nil
}

// Width is the number of columns for prose written to w: COLUMNS if it is set, else the terminal's, else [DefaultWidth],
// so that a report in a pipe or a file looks the same everywhere.
func Width(w io.Writer, getenv func(string) string) int {
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		return clamp(n)
	}
	if f, ok := w.(interface{ Fd() uintptr }); ok {
		if n, _, err := xterm.GetSize(int(f.Fd())); err == nil && n > 0 {
			return clamp(n)
		}
	}
	return DefaultWidth
}

func clamp(n int) int { return min(max(n, MinWidth), MaxWidth) }

// Colors paints text. The zero value leaves it as it is.
type Colors bool

// The six ways to paint, taken from the 16 colours that every terminal theme keeps readable.
func (c Colors) Bold(s string) string   { return c.paint("1", s) }
func (c Colors) Dim(s string) string    { return c.paint("2", s) }
func (c Colors) Red(s string) string    { return c.paint("31", s) }
func (c Colors) Green(s string) string  { return c.paint("32", s) }
func (c Colors) Yellow(s string) string { return c.paint("33", s) }
func (c Colors) Cyan(s string) string   { return c.paint("36", s) }

func (c Colors) paint(code, s string) string {
	if !c || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
