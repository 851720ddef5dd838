package wrapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/unloop-dev/unloop/wrapping"
)

// plain are logs that have no wrapping.
var plain = map[string]string{
	"times":    "2026-11-22T10:00:%02d.123Z INFO  request 17 from 10.0.0.%d handled in 12 ms, path /api/v1/items/4711\n",
	"no times": "handled request 17%02d from 10.0.0.%d in 12 ms, path /api/v1/items/4711 with no time at the beginning\n",
	"json":     `{"level":"info","ts":"2026-11-22T10:00:%02dZ","msg":"request handled","ms":12,"path":"/api/v1/items/%d"}` + "\n",
	"klog":     "I1122 10:00:%02d.123456       1 controller.go:%d] \"Reconciled\" object=\"shop/web\" took=\"12ms\"\n",
	"traces":   "java.lang.IllegalStateException: no %d\n\tat com.example.shop.Orders.handle(Orders.java:%d)\n",
	"brackets": "[main] INFO shop.Orders - request 17%02d from 10.0.0.%d handled in 12 ms, path /api/v1/items/4711\n",
}

func flood(pattern string, size int) []string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, pattern, i%60, i)
	}
	return strings.Split(b.String(), "\n")
}

// BenchmarkPlainLogs measures what it costs to find that there is nothing to take off: in MB/s.
func BenchmarkPlainLogs(b *testing.B) {
	for name, pattern := range plain {
		lines := flood(pattern, 1<<20)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(1 << 20)
			for b.Loop() {
				wrapping.Unwrap(lines, known)
			}
		})
	}
}

// TestPlainLogsStay gives them back.
func TestPlainLogsStay(t *testing.T) {
	for name, pattern := range plain {
		t.Run(name, func(t *testing.T) { unchanged(t, flood(pattern, 64<<10)) })
	}
}
