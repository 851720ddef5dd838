package files

import (
	"bytes"
	"unicode/utf8"
)

// Kind is what a file is by its bytes.
type Kind string

const (
	Text Kind = "" // anything that is none of the others

	Gzip  Kind = "gzip"
	Zstd  Kind = "zstd"
	Bzip2 Kind = "bzip2"
	Tar   Kind = "tar"
	Zip   Kind = "zip"

	UTF16  Kind = "utf-16"
	Latin1 Kind = "latin-1"

	Xz     Kind = "xz" // or lz4; not read
	Binary Kind = "binary"

	TextArchive Kind = "txtar" // a text by its bytes: only [Reader.Visit] tells
)

// IsArchive says whether a file of this kind holds others, or another one.
func (k Kind) IsArchive() bool {
	switch k {
	case Gzip, Zstd, Bzip2, Tar, Zip:
		return true
	}
	return false
}

// KindOf recognises what is not text by the first [HeadBytes] of it.
func KindOf(head []byte) Kind {
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case has("\x1f\x8b"):
		return Gzip
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return Tar
	case has("PK\x03\x04"), has("PK\x05\x06"):
		return Zip
	case has("\x28\xb5\x2f\xfd"):
		return Zstd
	case len(head) > 9 && has("BZh") && string(head[4:10]) == "1AY&SY": // the digits of pi, or of its square root in an empty one
		return Bzip2
	case has("\xfd7zXZ\x00"), has("\x04\x22\x4d\x18"):
		return Xz
	case has("\xff\xfe"), has("\xfe\xff"), isBareUTF16(head):
		return UTF16
	case isBinary(head):
		return Binary
	case isLatin1(head):
		return Latin1
	}
	return Text
}

// isBinary allows a log some bytes that are no text: a crash may leave a run of NULs, and old programs write Latin-1.
func isBinary(head []byte) bool {
	odd := 0
	for i := 0; i < len(head); {
		if c := head[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\x1b' && c != '\f' && c != '\b' {
				odd++
			}
			i++
			continue
		}
		_, size := utf8.DecodeRune(head[i:])
		if size == 1 && utf8.FullRune(head[i:]) {
			odd++
		}
		i += size
	}
	return odd*10 > len(head)
}
