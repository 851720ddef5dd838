package bundle

import (
	"strings"

	"github.com/unloop-dev/unloop/layout"
)

// olderParts finds the logs of which a newer part is there, too. The kubelet rotates the log of a run that writes much,
// and its end is what tells how the run died.
func olderParts(logs []foundLog) map[int]bool {
	type run struct {
		namespace, pod, uid, container string
		attempt                        int
	}
	var older map[int]bool
	newest := map[run]int{}
	for i := range logs {
		p := &logs[i].name.place
		if p.Role != layout.Log || p.Attempt < 0 || logs[i].log.Read == nil {
			continue
		}
		key := run{p.Namespace, p.Pod, p.UID, p.Container, p.Attempt}
		at, seen := newest[key]
		if !seen {
			newest[key] = i
			continue
		}
		if older == nil {
			older = map[int]bool{}
		}
		if logs[i].log.Read.Until.After(logs[at].log.Read.Until) {
			at, i = i, at
		}
		newest[key], older[i] = at, true
		logs[at].log.Truncated = true
	}
	return older
}

// refusedRequests finds the files that are empty because there was no log. "oc adm inspect" makes the file first, then
// asks the kubelet, and when that fails asks again without verifying its certificate, into a file named "insecure".
func refusedRequests(logs []foundLog) map[string]bool {
	var refused map[string]bool
	asked := map[string]*foundLog{}
	for i := range logs {
		if l := &logs[i]; l.name.place.Layout == layout.MustGather {
			asked[l.log.Path] = l
		}
	}
	for path := range asked {
		first, again := strings.CutSuffix(path, ".insecure.log")
		if !again {
			continue
		}
		for _, p := range []string{path, first + ".log"} {
			if l := asked[p]; l != nil && l.log.Read != nil && l.log.Read.Empty {
				if refused == nil {
					refused = map[string]bool{}
				}
				refused[p] = true
			}
		}
	}
	return refused
}
