package bigdump

import (
	"bufio"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
)

// crash is how the log of a pod in trouble ends.
const crash = `panic: dial tcp 10.96.0.51:5432: connect: connection refused

goroutine 1 [running]:
main.main()
	/src/main.go:31 +0x1d
`

// log is the log of a pod's only container, between the lines that kubectl puts around it.
func (d Dump) log(i int, pod *corev1.Pod) File {
	head := fmt.Sprintf("==== START logs for container app of pod %s/%s ====\n", pod.Namespace, pod.Name)
	tail := fmt.Sprintf("==== END logs for container app of pod %s/%s ====\n", pod.Namespace, pod.Name)
	if d.inTrouble(i) {
		tail = crash + tail
	}
	lines := d.LogBytes / lineBytes
	return File{
		Name: pod.Namespace + "/" + pod.Name + "/logs.txt",
		Size: int64(len(head)) + lines*lineBytes + int64(len(tail)),
		Write: func(w io.Writer) error {
			out := bufio.NewWriterSize(w, 64<<10)
			out.WriteString(head)
			random := uint32(i)
			line := make([]byte, 0, lineBytes)
			for range lines {
				random = random*1664525 + 1013904223 // Numerical Recipes
				line = appendLine(line[:0], random)
				out.Write(line)
			}
			out.WriteString(tail)
			return out.Flush()
		},
	}
}

// lineBytes is the length of each line, so that the size of a log is known before it is written.
const lineBytes = 74

// appendLine appends a line that says something else each time.
func appendLine(line []byte, random uint32) []byte {
	line = append(line, "2026-11-22T11:"...)
	line = appendDigits(line, random>>8%60, 2)
	line = append(line, ':')
	line = appendDigits(line, random>>14%60, 2)
	line = append(line, "Z INFO order "...)
	line = appendDigits(line, random>>4, 9)
	line = append(line, " accepted by worker-"...)
	line = appendDigits(line, random>>20%100, 2)
	line = append(line, " in "...)
	line = appendDigits(line, random>>12%1000, 3)
	return append(line, " ms\n"...)
}

func appendDigits(line []byte, n uint32, count int) []byte {
	at := len(line)
	for range count {
		line = append(line, '0')
	}
	for i := at + count - 1; i >= at; i-- {
		line[i] += byte(n % 10)
		n /= 10
	}
	return line
}
