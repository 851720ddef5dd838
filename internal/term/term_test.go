package term

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestColorFollowsFlagThenEnvironmentThenTerminal(t *testing.T) {
	tests := []struct {
		when string
		env  map[string]string
		want bool
	}{
		{"always", map[string]string{"NO_COLOR": "1"}, true},
		{"never", map[string]string{"CLICOLOR_FORCE": "1"}, false},
		{"auto", nil, false}, // a buffer is no terminal
		{"", map[string]string{"CLICOLOR_FORCE": "1"}, true},
		{"auto", map[string]string{"CLICOLOR_FORCE": "0"}, false},
		{"auto", map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, false},
		{"auto", map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": ""}, true},
	}
	for _, test := range tests {
		got, err := UseColor(test.when, &bytes.Buffer{}, env(test.env))
		if err != nil || got != test.want {
			t.Errorf("UseColor(%q, %v) = %v, %v; want %v", test.when, test.env, got, err, test.want)
		}
	}
	if _, err := UseColor("sometimes", &bytes.Buffer{}, env(nil)); err == nil {
		t.Error("UseColor(sometimes) gives no error")
	}
}

func TestWidthComesFromColumnsOrIsEighty(t *testing.T) {
	for columns, want := range map[string]int{"": 80, "100": 100, "7": 40, "999": 120, "wide": 80, "-1": 80} {
		if got := Width(&bytes.Buffer{}, env(map[string]string{"COLUMNS": columns})); got != want {
			t.Errorf("Width with COLUMNS=%q = %d, want %d", columns, got, want)
		}
	}
}

func TestColorsOffLeaveTextAlone(t *testing.T) {
	if got := Colors(false).Red("x"); got != "x" {
		t.Errorf("got %q", got)
	}
	if got := Colors(true).Red("x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("got %q", got)
	}
	if got := Colors(true).Bold(""); got != "" {
		t.Errorf("painting nothing gives %q", got)
	}
}

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "dial tcp 10.0.0.1:5432: refused", "dial tcp 10.0.0.1:5432: refused"},
		{"colour", "\x1b[31mred\x1b[0m", "red"},
		{"title", "a\x1b]0;owned\x07b", "ab"},
		{"hyperlink", "\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\", "text"},
		{"clipboard", "\x1b]52;c;cm0gLXJm\x07ok", "ok"},
		{"C1", "a\u009b31mb\u009d0;t\u009cc", "abc"},
		{"open string hides nothing", "a\x1b]0;the end of the log", "a0;the end of the log"},
		{"nested", "\x1b\x1b[31m[31mx", "[31mx"},
		{"overwriting", "panic: real\rall fine   ", "panic: real all fine   "},
		{"carriage return and newline", "a\r\nb", "a b"},
		{"bell, backspace, delete", "a\a\b\x7fb\x00", "ab"},
		{"bidi", "user\u202e\u2066 admin\u2069\u202c", "user admin"},
		{"zero width", "o\u200bo\u2060m\ufeff\u00ad", "oom"},
		{"tag characters", "a\U000e0061\U000e007fb", "ab"},
		{"invalid", "a\xffb", "a\ufffdb"},
		{"raw C1 byte", "a\x9b31mb", "a\ufffd31mb"},
		{"line separators", "a\u2028b\u2029c\u0085d", "a b c d"},
		{"GitHub", "::set-output name=x::y", ": :set-output name=x::y"},
		{"GitHub after a return", "x\r::error::y", "x : :error::y"},
		{"GitHub in a row", "::a ::b ::c ::d::", ": :a : :b : :c : :d::"},
		{"GitHub, older form", "x ##[error]y", "x # #[error]y"},
		{"Azure", "##vso[task.setvariable variable=a]b", "# #vso[task.setvariable variable=a]b"},
		{"TeamCity", "##teamcity[x]", "# #teamcity[x]"},
		{"command under a zero width character", "#\u200b#[error]", "# #[error]"},
		{"IPv6", "listen ::1 and ::ffff:10.0.0.1 and fe80::1", "listen ::1 and ::ffff:10.0.0.1 and fe80::1"},
		{"path", "std::io::Error", "std::io::Error"},
		{"CJK", "接続が拒否されました", "接続が拒否されました"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Clean(test.in); got != test.want {
				t.Errorf("Clean(%q)\n got %q\nwant %q", test.in, got, test.want)
			}
		})
	}
}

func TestCleanLinesKeepsLinesAndTabs(t *testing.T) {
	if got, want := CleanLines("a\r\n\tb\x1b[1mc\r::error::d"), "a\n\tbc\n: :error::d"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		name, in string
		width    int
		want     []string
	}{
		{"nothing", "  ", 10, nil},
		{"short", "a b", 10, []string{"a b"}},
		{"words", "one two three", 7, []string{"one two", "three"}},
		{"exact", "abc def", 7, []string{"abc def"}},
		{"runs of space", "a \n  b", 10, []string{"a b"}},
		{"long word", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"long path breaks after a slash", "/aaa/bbb/ccc", 9, []string{"/aaa/bbb/", "ccc"}},
		{"wide", "接続が拒否", 6, []string{"接続が", "拒否"}},
		{"accents take no column", "e\u0301e\u0301e\u0301 x", 5, []string{"e\u0301e\u0301e\u0301 x"}},
		{"no command at the start", "abcd::error::x", 4, []string{"abc", "d::e", "rro", "r::x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Wrap(test.in, test.width); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFoldKeepsWhiteSpace(t *testing.T) {
	if got, want := Fold("INFO  a   bc/def", 8), []string{"INFO  a ", "  bc/def"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCutMarksWhatIsMissing(t *testing.T) {
	for in, want := range map[string]string{"abc": "abc", "abcdef": "abc…", "ab cdef": "ab…", "接続が": "接…"} {
		if got := Cut(in, 4); got != want {
			t.Errorf("Cut(%q, 4) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"\x1b[31mx", "\x1b]0;t\x07", "a\r::error::b", "##vso[x]", "\u202e", "\xff\x9b", "::a ::b ::c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lines := CleanLines(s)
		checkClean(t, lines)
		if got := CleanLines(lines); got != lines {
			t.Errorf("not idempotent: %q, then %q", lines, got)
		}
		line := Clean(s)
		checkClean(t, line)
		if strings.ContainsAny(line, "\n\t") {
			t.Errorf("Clean(%q) is not one line: %q", s, line)
		}
	})
}

func checkClean(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("invalid UTF-8: %q", s)
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("%U left in %q", r, s)
		}
	}
	if strings.Contains(s, "##[") || strings.Contains(s, "##vso[") || colonCommand.MatchString(s) {
		t.Errorf("a CI command is left in %q", s)
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two three", 5)
	f.Add("::::::::set-output::x", 4)
	f.Add("接続が拒否されました", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width = 2 + width&127
		s = Clean(s)
		for _, line := range Fold(s, width) {
			if Columns(line) > width || colonCommand.MatchString(line) {
				t.Errorf("Fold gives %q", line)
			}
		}
		var kept strings.Builder
		for _, line := range Wrap(s, width) {
			if Columns(line) > width {
				t.Errorf("%q is %d columns, over %d", line, Columns(line), width)
			}
			if colonCommand.MatchString(line) {
				t.Errorf("a CI command starts in %q", line)
			}
			kept.WriteString(strings.ReplaceAll(line, " ", ""))
		}
		want := strings.Join(strings.Fields(s), "")
		if !strings.Contains(want, "::") && kept.String() != want {
			t.Errorf("wrapping changed %q to %q", want, kept.String())
		}
	})
}
