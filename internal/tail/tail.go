// Package tail keeps the end of a stream.
package tail

import "bytes"

// Writer keeps the last bytes written to it, at most Max.
type Writer struct {
	Max   int
	Total int64 // how many bytes were written

	buf []byte
}

// Write never fails. The buffer grows to twice what is kept, so that each byte is moved once on average.
func (w *Writer) Write(p []byte) (int, error) {
	w.Total += int64(len(p))
	w.buf = append(w.buf, p...)
	if len(w.buf) > 2*w.Max {
		w.buf = append(w.buf[:0], w.buf[len(w.buf)-w.Max:]...)
	}
	return len(p), nil
}

// Bytes gives a copy of the end, which is never nil. Where something is missing before it, it begins with a whole line, if it
// holds one.
func (w *Writer) Bytes() []byte {
	end := w.buf[max(0, len(w.buf)-w.Max):]
	if int64(len(end)) < w.Total {
		if i := bytes.IndexByte(end, '\n'); i >= 0 {
			end = end[i+1:]
		}
	}
	return append([]byte{}, end...)
}
