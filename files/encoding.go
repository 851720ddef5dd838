package files

import (
	"bufio"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Reader turns UTF-16 with a byte order mark, which is what ">" writes in Windows PowerShell, into UTF-8.
type utf16Reader struct {
	in     *bufio.Reader
	little bool
	out    []byte // decoded and not yet read
	high   rune   // the first half of a pair
}

// newUTF16Reader takes the mark, which KindOf has seen, if there is one.
func newUTF16Reader(in *bufio.Reader) *utf16Reader {
	mark, _ := in.Peek(2)
	u := &utf16Reader{in: in, little: len(mark) == 2 && (mark[0] == 0xff || mark[1] == 0)}
	if len(mark) == 2 && mark[0] >= 0xfe {
		_, _ = in.Discard(len(mark)) // never fails: they have been peeked at
	}
	return u
}

// isBareUTF16 knows UTF-16 without a mark, as a part of a file has it: every second byte of text in Latin letters is 0.
func isBareUTF16(head []byte) bool {
	pairs := len(head) / 2
	if pairs < 8 {
		return false
	}
	first, second := 0, 0
	for i := range pairs {
		a, b := head[2*i], head[2*i+1]
		switch {
		case a == 0 && isPrinted(b):
			first++
		case b == 0 && isPrinted(a):
			second++
		}
	}
	return max(first, second)*10 >= pairs*9
}

func isPrinted(c byte) bool { return c >= ' ' && c != 0x7f || c == '\n' || c == '\r' || c == '\t' }

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) < len(p) && len(u.out) < HeadBytes {
		pair, err := u.in.Peek(2)
		if err != nil { // half a character at the end is none
			if len(u.out) > 0 {
				break
			}
			return 0, err
		}
		c := rune(pair[0])<<8 | rune(pair[1])
		if u.little {
			c = rune(pair[1])<<8 | rune(pair[0])
		}
		_, _ = u.in.Discard(2) // never fails: they have been peeked at
		u.add(c)
	}
	n := copy(p, u.out)
	u.out = u.out[:copy(u.out, u.out[n:])]
	return n, nil
}

// add decodes one unit. A half without its other half becomes U+FFFD, as everywhere in Go.
func (u *utf16Reader) add(c rune) {
	if u.high != 0 {
		high := u.high
		u.high = 0
		if r := utf16.DecodeRune(high, c); r != utf8.RuneError {
			u.out = utf8.AppendRune(u.out, r)
			return
		}
		u.out = utf8.AppendRune(u.out, utf8.RuneError)
	}
	if c >= 0xd800 && c < 0xdc00 {
		u.high = c
		return
	}
	u.out = utf8.AppendRune(u.out, c)
}

// latin1Reader turns Windows-1252, of which Latin-1 is a part, into UTF-8.
type latin1Reader struct {
	in  io.Reader
	buf [4 << 10]byte
	out []byte // decoded and not yet read
}

func (l *latin1Reader) Read(p []byte) (int, error) {
	if len(l.out) == 0 {
		n, err := l.in.Read(l.buf[:])
		for _, c := range l.buf[:n] {
			l.out = utf8.AppendRune(l.out, ofWindows1252(c))
		}
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, l.out)
	l.out = l.out[:copy(l.out, l.out[n:])]
	return n, nil
}

// windows1252 are the characters from 0x80 to 0x9f; the rest is that of Latin-1 (encoding.spec.whatwg.org,
// index-windows-1252).
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"

func ofWindows1252(c byte) rune {
	if c < 0x80 || c > 0x9f {
		return rune(c)
	}
	for _, r := range windows1252 {
		if c == 0x80 {
			return r
		}
		c--
	}
	return utf8.RuneError // not reached: there are 32
}

// isLatin1 says that a text has letters beyond ASCII and that none of them is UTF-8: it is of an old program, or of a
// Windows console. That could also be another of the encodings with one byte a letter; this one is by far the commonest.
func isLatin1(head []byte) bool {
	found := false
	for i := 0; i < len(head); {
		if head[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !utf8.FullRune(head[i:]) {
			break
		}
		if _, size := utf8.DecodeRune(head[i:]); size > 1 {
			return false
		}
		found = true
		i++
	}
	return found
}
