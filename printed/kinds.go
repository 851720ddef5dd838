package printed

// Kind is what is worth saying of a kind of text, for people.
type Kind struct {
	Block   BlockKind
	Printed string // what prints it
	Tells   string
	Hides   string // what it cannot show
	Source  string // of the format
}

// Kinds are the kinds of text that are recognised, but for objects of the API and logs.
func Kinds() []Kind {
	return []Kind{
		{BlockDescribe, "`kubectl describe`, whole, cut, with its middle left out, or any part of it", "states, exit codes, probes, limits, events", "the message of a waiting container, policies, security contexts; times of events but as ages", "k8s.io/kubectl, pkg/describe"},
		{BlockTable, "`kubectl get` with any columns, also `-w`, `get all`, custom columns, rows alone; `kubectl get events` of any age", "one word for the state, restarts; events as ages", "everything else; of tables of other kinds nothing is used", "k8s.io/kubernetes, pkg/printers/internalversion"},
		{BlockPart, "a part of a pod as YAML or JSON: its status, the states of its containers, what `grep -A` and `jsonpath` leave", "the fields that stand in it", "all others", "the Kubernetes API"},
		{BlockJournal, "the journal or files of a node: kubelet, k3s, rke2, containerd, CRI-O, the kernel, with lines of anything between; `dmesg`", "what the kubelet did and why it failed, sandboxes, mounts, kills for memory and their limit", "the pod's status; of a kill without a cgroup's path whose it was", "k8s.io/kubernetes, pkg/kubelet; Linux, mm/oom_kill.c"},
		{BlockCrictl, "`crictl ps`", "containers with their attempts, whether they have ended", "exit codes, the pod's spec, events", "kubernetes-sigs/cri-tools, cmd/crictl"},
		{BlockInspect, "`crictl inspect`", "the exit code and reason of one run, its limits", "the pod's spec, events", "kubernetes-sigs/cri-tools, cmd/crictl"},
		{BlockDocker, "`docker ps`, `podman ps`, `nerdctl ps`", "exit codes; pods by the names that the kubelet gave", "the pod's spec, events", "docker/cli, cli/command/formatter"},
		{BlockDockerInspect, "`docker inspect`, `podman inspect`", "exit code, kill for memory, times; pods by their labels", "the pod's spec, events", "moby/moby, api/types/container"},
		{BlockSections, "`minikube logs`, `tail` of several files", "what stands in each section: a table of containers, their logs by id, the kubelet's log", "events, the pod's status", "kubernetes/minikube, pkg/minikube/logs"},
		{BlockExport, "exports of Cloud Logging, CloudWatch, Loki, Elasticsearch, Kibana, Datadog, Splunk, `journalctl -o json`: one record a line, or an array", "the lines, and whose they are by the labels", "which run wrote them, states, exit codes", "the products' documents of their formats"},
		{BlockAlerts, "payloads of Alertmanager, series and labels of `KubePodCrashLooping` and its like", "which pod and container waits, and for what", "exit codes, logs", "prometheus/alertmanager, template; kubernetes-monitoring/kubernetes-mixin"},
		{BlockStatus, "sentences about a container's status, as dashboards and deploy programs quote them: Rancher, Lens, Pulumi, Helm, Terraform, Skaffold", "pod, container, waiting reason; the last exit where it is told", "times without a zone, everything else", "k8s.io/kubernetes, pkg/kubelet: the texts that they quote"},
		{BlockScreen, "a screen of k9s", "what its table of pods shows", "everything else", "derailed/k9s, internal/render"},
		{BlockEventList, "times and messages of events one below the other, as dashboards list them", "the events", "whose they are, where their messages don't say it; the zone of the times", ""},
	}
}
