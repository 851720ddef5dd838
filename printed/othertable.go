package printed

import (
	"slices"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// otherTables are tables that tell nothing of pods and are known, so that nobody takes them for a log: of kubectl those
// without AGE (pkg/printers/internalversion), and of helm (pkg/cmd/list.go).
var otherTables = [][]string{
	{"NAME", "CPU(CORES)"}, // kubectl top (pkg/metricsutil/metrics_printer.go): true of the moment only, and no limit beside it
	{"NAME", "PROVISIONER", "RECLAIMPOLICY"},
	{"NAME", "SHORTNAMES", "APIVERSION", "KIND"},
	{"NAME", "NAMESPACE", "REVISION", "UPDATED", "CHART"},
	{"REVISION", "UPDATED", "STATUS", "CHART"},
	{"NAME", "CREATED AT"},
	{"CURRENT", "NAME", "CLUSTER", "AUTHINFO"},
	{"NAME", "TYPE", "CLUSTER-IP", "PORT(S)"},
	{"NAME", "STATUS", "VOLUME", "CAPACITY"},
}

// isOtherHeader knows the header of a table that nothing is read of: any of kubectl's has NAME and AGE.
func isOtherHeader(t table) bool {
	return t.has("NAME", "AGE") || slices.ContainsFunc(otherTables, func(names []string) bool { return t.has(names...) })
}

// otherCell is a name with or without its kind, as "kubectl get all" prints it.
var otherCell = lazyregexp.New(`^(?:[a-z][a-z0-9.]*/)?[a-z0-9*](?:[a-z0-9.:@_-]{0,252}[a-z0-9])?$`)

var cpuCell = lazyregexp.New(`^(?:\d+[mnu]?|<unknown>)$`)

// isOtherRow says whether a line is a row of such a table.
func isOtherRow(line string, header table) bool {
	if !isOtherHeader(header) || len(line) > maxRow {
		return false
	}
	r, ok := header.row(line)
	if !ok && header.has("AGE") { // which tells the row from any other line
		r, ok = header.wordRow(line)
	}
	if !ok {
		return false
	}
	if cpu, has := r["CPU(CORES)"]; has && !cpuCell.MatchString(cpu) {
		return false
	}
	if header.has("NAME") && !otherCell.MatchString(r["NAME"]) {
		return false
	}
	if _, aged := ParseAge(r["AGE"]); header.has("AGE") && r["AGE"] != "" && !aged {
		return false
	}
	filled := 0
	for _, cell := range r {
		if cell != "" {
			filled++
		}
	}
	return filled > 1
}
