package bundle

import (
	"bufio"
	"bytes"
	"io"
	"path"
	"strings"

	"github.com/unloop-dev/unloop/layout"
	"github.com/unloop-dev/unloop/printed"
)

// textBytes is how much of a text is held to tell what it is; one that is longer and not recognised by then is a log.
const textBytes = 1 << 20

// text reads a text. Its content says what it is: what programs print for people, alone or several of it in a paste, in
// whatever was put around it on the way; else a log. Its name is a hint: a file that is named like a log is one, unless
// every line of it is known to be something else.
func (r *reader) text(name string, in *bufio.Reader) {
	if r.again != nil {
		r.log(name, in, nil, 0) // what is read for the second time is a log
		return
	}
	_, collected := layout.Of(name)
	namedLog := promisesLog(baseName(name)) && !collected
	if namedLog && !beginsPrinted(in) {
		r.log(name, in, nil, 0)
		return
	}
	var seen bytes.Buffer
	_, err := io.CopyN(&seen, in, textBytes)
	rest := io.MultiReader(&seen, in)
	pieces := printed.Split(seen.Bytes())
	switch {
	case err == nil && printed.Recognised(pieces): // there is more
		r.printed(name, rest, namedLog)
	case printed.Recognised(pieces) && (!namedLog || wholly(pieces)):
		r.pieces(name, seen.Bytes(), pieces, namedLog)
	case !namedLog && otherKind(name) != "":
		r.skip(name, otherKind(name).why())
	default:
		r.log(name, rest, nil, 0)
	}
}

// otherKind is what a text of which nothing is recognised is by the extension of its name, "" if that does not say.
func otherKind(name string) kind {
	switch strings.ToLower(path.Ext(baseName(name))) {
	case ".yaml", ".yml":
		return kindYAML
	case ".json":
		return kindJSON
	case ".md":
		return kindOther
	}
	return ""
}

// beginsPrinted says whether a text that is named like a log may be something else after all: its first lines tell.
func beginsPrinted(in *bufio.Reader) bool {
	const enough = 4 << 10
	head, _ := in.Peek(enough)
	if len(head) == enough {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	pieces := printed.Split(head)
	return len(pieces) > 0 && pieces[0].Kind != printed.BlockOther && pieces[0].Kind != printed.BlockLog || startsWithCommand(pieces)
}

// startsWithCommand says that a text begins with a command behind a prompt: it is a session.
func startsWithCommand(pieces []printed.Block) bool {
	return len(pieces) > 0 && pieces[0].Command.Program != ""
}

// wholly says that all of a text is something that programs print: nothing of it may be a log's. What stands below commands
// is told apart by them.
func wholly(pieces []printed.Block) bool {
	if startsWithCommand(pieces) {
		return true
	}
	for _, p := range pieces {
		if p.Kind == printed.BlockLog || p.Kind == printed.BlockOther && strings.TrimSpace(string(p.Text)) != "" {
			return false
		}
	}
	return len(pieces) > 0
}
