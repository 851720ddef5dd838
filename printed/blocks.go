package printed

import (
	"slices"
	"strings"
)

// mixed is what a paste holds beside the text in question, which decides how that is taken.
type mixed struct {
	evidence bool // something of it is known: a text without that is a log, or prose, as a whole
	fences   bool // logs stand in fences, so what stands outside is prose
	below    bool // what comes next stands below something known
}

func (m *mixed) see(s *segment) {
	m.fences = m.fences || s.fenced
	m.evidence = m.evidence || s.command.prints() != "" || slices.ContainsFunc(s.parts, func(p part) bool { return p.kind != BlockOther })
}

// find finds the parts of a segment: by its command, else by how its lines look.
func (s *segment) find() {
	all := part{s.command.prints(), 0, len(s.lines)}
	sc := newScanner(s.lines)
	first := sc.firstText()
	switch {
	case all.kind == "" && s.fenced && first >= 0 && sc.startAt(first) == "":
		all.kind = BlockLog
		s.parts = []part{all}
	case all.kind == "", all.kind == BlockObjects && first >= 0 && sc.startAt(first) == BlockPart: // the rest went to grep
		s.parts = sc.parts()
	case all.kind == BlockLog:
		if s.parts = s.belowLog(sc); s.parts == nil {
			s.parts = []part{all}
		}
	default:
		s.parts = []part{all}
		if end := sc.printedEnd(all.kind, first); end > 0 {
			s.parts = []part{{all.kind, 0, end}, {BlockOther, end, len(s.lines)}}
		}
	}
}

// printedEnd finds where a table or a describe ends that a command printed, if after a blank line something else stands
// below it that a person has pasted; 0 if all is of the command.
func (s *scanner) printedEnd(kind BlockKind, first int) int {
	if kind != BlockTable && kind != BlockDescribe && kind != BlockCrictl || first < 0 || s.startAt(first) != kind {
		return 0
	}
	end := first
	for i := first; i < len(s.lines); {
		if isText(s.lines[i]) && s.startAt(i) == kind {
			i = max(s.endOf(kind, i), i+1)
			end = i
			continue
		}
		i++
	}
	rest := end
	for rest < len(s.lines) && !isText(s.lines[rest]) {
		rest++
	}
	if rest == end || rest == len(s.lines) {
		return 0
	}
	return end
}

// blocks are the parts of a segment; what is none that is known is divided into prose and logs.
func (s *segment) blocks(m *mixed) []Block {
	var blocks []Block
	for _, p := range s.parts {
		if !slices.ContainsFunc(s.lines[p.from:p.to], isText) {
			if s.command.prints() == BlockLog {
				blocks = append(blocks, s.block(p)) // an empty log
			}
			continue
		}
		switch p.kind {
		case BlockOther:
			blocks = append(blocks, s.texts(p, m)...)
		case BlockLog:
			blocks = append(blocks, s.log(p, s.heading)...)
		default:
			m.below = true
			blocks = append(blocks, s.block(p))
		}
	}
	return blocks
}

func (s *segment) block(p part) Block {
	return Block{
		Kind: p.kind, Text: []byte(strings.Join(s.lines[p.from:p.to], "\n") + "\n"), Line: s.first + p.from + 1, Command: s.command,
		Sure: s.fenced || s.command.Verb == "logs",
	}
}

// texts divides a part that is nothing known. What a command printed that is not read, and a text that holds nothing
// known, is taken as a whole.
func (s *segment) texts(p part, m *mixed) []Block {
	lines := s.lines[p.from:p.to]
	if isOfDeploy(s.parts, lines) {
		return []Block{s.block(p)}
	}
	if !m.evidence || s.prompted && s.command.prints() == "" {
		if _, notes := notesOf(lines); notes > 0 || looksLikeLog(lines) {
			return s.log(part{BlockLog, p.from, p.to}, "")
		}
		return []Block{s.block(p)}
	}
	var blocks []Block
	for _, t := range stretches(s.lines, p.from, p.to, m.below && (s.fenced || !m.fences)) {
		of := part{t.kind, t.from, t.to}
		if t.kind == BlockLog {
			blocks = append(blocks, s.log(of, t.heading)...)
			continue
		}
		other := s.block(of)
		other.Command = Command{}
		blocks = append(blocks, other)
	}
	return blocks
}

// log is a log, with what its heading and the lines say that kubectl prints above it.
func (s *segment) log(p part, heading string) []Block {
	var notes []Block
	command := s.command
	if command.prints() != BlockLog {
		command = commandIn(heading)
	}
	said, n := notesOf(s.lines[p.from:p.to])
	if n > 0 {
		command = command.with(said)
		if rest := s.lines[p.from+n : p.to]; slices.ContainsFunc(rest, isText) {
			note := s.block(part{BlockOther, p.from, p.from + n})
			note.Command = command
			notes = append(notes, note)
			p.from += n
		}
	}
	b := s.block(p)
	h, _ := headingAt(heading + ":")
	b.Command, b.Heading = command, heading
	b.Sure = b.Sure || command.Verb == "logs" || h.logs
	return append(notes, b)
}
