package files

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/tools/txtar"
)

// tar reads a tar archive.
func (r *Reader) tar(name string, in io.Reader, depth int) bool {
	more := true
	outer := r.passing
	r.passing = true
	defer func() { r.passing = outer }()
	r.Enclosed(func() {
		archive := tar.NewReader(in)
		for i := 0; more; i++ {
			header, err := archive.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				r.Skip(name, "the archive is damaged or cut short: "+err.Error())
				more = !errors.Is(err, errLimit)
				return
			}
			more = r.Inside(i, func() bool { return r.tarEntry(name, header, archive, depth) })
		}
	})
	return more
}

func (r *Reader) tarEntry(name string, header *tar.Header, content io.Reader, depth int) bool {
	display := name + ":" + header.Name
	why := refusal(header.Name)
	switch {
	case header.Typeflag == tar.TypeDir || header.Typeflag == tar.TypeXGlobalHeader:
		return true
	case why != "":
		r.Skip(clip(display), why)
		return true
	case header.Typeflag == tar.TypeSymlink || header.Typeflag == tar.TypeLink:
		r.Skip(display, "a link; links are not followed")
		return true
	case header.Typeflag != tar.TypeReg:
		r.Skip(display, "not a regular file")
		return true
	}
	return r.file(display, content, depth+1)
}

// textArchive reads a text archive (golang.org/x/tools/txtar). The section "want" is what a test expects; it is no evidence.
func (r *Reader) textArchive(name string, in io.Reader, depth int) {
	data, ok := r.All(name, in)
	if !ok {
		return
	}
	r.Enclosed(func() {
		for i, f := range txtar.Parse(data).Files {
			if f.Name == "want" {
				continue
			}
			if !r.Inside(i, func() bool { return r.file(name+":"+f.Name, bytes.NewReader(f.Data), depth+1) }) {
				return
			}
		}
	})
}

// maxName is the longest name of an archive entry that is read: file systems allow 4096 bytes at most.
const maxName = 4096

// refusal says why an archive entry of this name is not read, "" when it is. Entries are read where they stand and never
// written to disk; still, one that names a place outside the archive is a sign of something wrong.
func refusal(entry string) string {
	switch {
	case len(entry) > maxName:
		return fmt.Sprintf("a name of more than %d bytes", maxName)
	case !fs.ValidPath(path.Clean(entry)):
		return "names a place outside the archive"
	}
	return ""
}

// clip shortens the name of something that is refused for its name.
func clip(name string) string {
	if len(name) <= maxName {
		return name
	}
	return strings.ToValidUTF8(name[:200], "") + "…"
}
