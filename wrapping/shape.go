package wrapping

import "strings"

// A program that runs another often puts the same words before each line of it, or words that differ in their numbers only:
// TeamCity "[14:12:01]W:\t [Step 3/5] ", Vagrant "    control-1: ", Terraform "null_resource.dump (local-exec): ", Packer
// "==> node: ", Go's testing "dump_test.go:88: ". There is no list of them: what all lines share is learned. In a shape a 0
// stands for digits and a blank for blanks.

// Bounds of what is learned from.
const (
	shapeLines = 300
	shapeBytes = 100
	shapesMost = 2000
)

// shapeEnds are what ends such words, before a blank.
const shapeEnds = ":|]>)%!~;"

// learnShape finds the longest shape with which nearly all lines begin.
func learnShape(lines []Line) func(string) (cut, bool) {
	votes, texts := map[string]int{}, 0
	for _, l := range lines[:min(len(lines), shapeLines)] {
		if isBlank(l.Text) {
			continue
		}
		texts++
		if len(votes) < shapesMost {
			voteShapes(votes, l.Text)
		}
	}
	best := ""
	for shape, n := range votes {
		if n >= leastRun && n*10 >= texts*7 && (len(shape) > len(best) || len(shape) == len(best) && shape < best) {
			best = shape
		}
	}
	if best == "" {
		return nil
	}
	return func(l string) (cut, bool) { return cutShape(l, best) }
}

// voteShapes counts the shapes that a line begins with.
func voteShapes(votes map[string]int, l string) {
	l = l[:min(len(l), shapeBytes)] + " "
	var shape []byte
	for i := 0; i < len(l); {
		switch {
		case isDigit(l[i]):
			i += digitsAt(l[i:])
			shape = append(shape, '0')
		case l[i] == ' ' || l[i] == '\t':
			if i > 0 && strings.IndexByte(shapeEnds, l[i-1]) >= 0 {
				votes[string(shape)]++
			}
			i += blanksAt(l[i:])
			shape = append(shape, ' ')
		default:
			shape = append(shape, l[i])
			i++
		}
	}
}

// cutShape takes off what has the shape, and one blank behind it.
func cutShape(l, shape string) (cut, bool) {
	i := 0
	for k := range len(shape) {
		n := 0
		switch {
		case i == len(l):
		case shape[k] == '0':
			n = digitsAt(l[i:])
		case shape[k] == ' ':
			n = blanksAt(l[i:])
		case shape[k] == l[i]:
			n = 1
		}
		if n == 0 {
			return cut{}, false
		}
		i += n
	}
	if i < len(l) && l[i] != ' ' && l[i] != '\t' {
		return cut{}, false
	}
	return cut{rest: strings.TrimPrefix(l[i:], " ")}, true
}

func blanksAt(s string) int {
	n := 0
	for n < len(s) && (s[n] == ' ' || s[n] == '\t') {
		n++
	}
	return n
}
