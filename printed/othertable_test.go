package printed

import (
	"strings"
	"testing"
)

// TestTablesOfOtherThings wants tables that tell nothing to be known for what they are, and what stands below them not to be
// theirs.
func TestTablesOfOtherThings(t *testing.T) {
	for _, table := range []string{
		"NAME     TYPE        CLUSTER-IP    EXTERNAL-IP   PORT(S)    AGE\nedge     ClusterIP   10.96.41.43   <none>        8080/TCP   66m\n",
		"NAME        STATUS   VOLUME     CAPACITY   ACCESS MODES   STORAGECLASS   AGE\ndata-edge   Bound    pvc-0f1c   10Gi       RWO            fast           41d\n",
		"NAME      STATUS   AGE\ndefault   Active   3d\n", "NAME        DATA   AGE\nedge-conf   2      3d\n", "NAME   CLASS   HOSTS          ADDRESS   PORTS   AGE\nedge   nginx   edge.example   10.0.0.1  80      3d\n",
		"NAME                    CPU(cores)   MEMORY(bytes)\nedge-7f6d5c4b9-m2n3p    3m           20Mi\n", "NAME   CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%\nn1     310m         7%     2010Mi          52%\n",
		"NAME   NAMESPACE   REVISION   UPDATED                    STATUS     CHART        APP VERSION\nedge   shop        4          2026-03-02 08:40:01 +0000  deployed   edge-1.2.0   3.1\n",
		"NAME   READY   AGE\nedge   0/1     3d\n", "NAME      REFERENCE         TARGETS   MINPODS   MAXPODS   REPLICAS   AGE\nedge      Deployment/edge   3%/80%    1         4         1          3d\n",
	} {
		blocks := Split([]byte(table))
		if len(blocks) != 1 || blocks[0].Kind != BlockTable {
			t.Errorf("%s\nis %+v", table, blocks)
			continue
		}
		if o, err := blocks[0].Read(); err != nil || len(o.Pods)+len(o.Events) > 0 {
			t.Errorf("%s\ntells %+v, %v", table, o, err)
		}
		for _, log := range logged[:4] {
			if logs := logsOf(table + "\n" + log + "\n"); len(logs) != 1 || strings.TrimSpace(string(logs[0].Text)) != log {
				t.Errorf("below %s\nthe log %q is %+v", table, log, logs)
			}
		}
	}
}

func TestEverythingOfANamespaceIsOneTable(t *testing.T) {
	const all = "NAME                         READY   STATUS             RESTARTS      AGE\npod/edge-7f6d5c4b9-m2n3p     0/1     CrashLoopBackOff   6 (48s ago)   9m12s\n\n" +
		"NAME                 TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\nservice/kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   3d\n\n" +
		"NAME                   READY   UP-TO-DATE   AVAILABLE   AGE\ndeployment.apps/edge   0/1     1            0           9m12s\n\n" +
		"NAME                             DESIRED   CURRENT   READY   AGE\nreplicaset.apps/edge-7f6d5c4b9   1         1         0       9m12s\n\n" +
		"NAME                     READY   AGE\nstatefulset.apps/store   1/1     3d\n"
	blocks := Split([]byte(all))
	if len(blocks) != 1 {
		t.Fatalf("%d blocks: %+v", len(blocks), blocks)
	}
	o, err := blocks[0].Read()
	if err != nil || len(o.Pods) != 1 || len(o.Deployments) != 1 || len(o.ReplicaSets) != 1 || len(o.StatefulSets) != 1 {
		t.Errorf("%v: %+v", err, o)
	}
}
