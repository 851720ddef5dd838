package printed

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/internal/lazyregexp"
)

// counted is a number and what it counts: "2 desired", "1 Failed", "1 Active (0 Ready)".
var counted = lazyregexp.New(`(\d+) ([A-Za-z]+)`)

// counts reads a line like "3 desired | 1 updated | 3 total | 2 available | 1 unavailable".
func counts(value string) map[string]int32 {
	all := map[string]int32{}
	for _, m := range counted.FindAllStringSubmatch(value, 10) {
		if n, read := int32From(m[1]); read {
			all[m[2]] = n
		}
	}
	return all
}

func pointer[T any](v T) *T { return &v }

func deploymentFrom(s sections) *appsv1.Deployment {
	d := &appsv1.Deployment{ObjectMeta: metaFrom(s)}
	n := counts(s.value("Replicas"))
	if desired, known := n["desired"]; known {
		d.Spec.Replicas = &desired
	}
	d.Spec.Selector = selectorFrom(s)
	d.Spec.Strategy.Type = appsv1.DeploymentStrategyType(s.value("StrategyType"))
	d.Spec.MinReadySeconds, _ = int32From(s.value("MinReadySeconds"))
	d.Spec.Template = templateFrom(s)
	d.Status.UpdatedReplicas, d.Status.Replicas = n["updated"], n["total"]
	d.Status.AvailableReplicas, d.Status.UnavailableReplicas = n["available"], n["unavailable"]
	for _, row := range conditionRows(s) {
		d.Status.Conditions = append(d.Status.Conditions, appsv1.DeploymentCondition{
			Type: appsv1.DeploymentConditionType(row[0]), Status: corev1.ConditionStatus(row[1]), Reason: row[2],
		})
	}
	return d
}

func replicaSetFrom(s sections) *appsv1.ReplicaSet {
	rs := &appsv1.ReplicaSet{ObjectMeta: metaFrom(s)}
	n := counts(s.value("Replicas"))
	rs.Spec.Replicas, rs.Status.Replicas = pointer(n["desired"]), n["current"]
	rs.Spec.Selector = selectorFrom(s)
	rs.Spec.Template = templateFrom(s)
	for _, row := range conditionRows(s) {
		rs.Status.Conditions = append(rs.Status.Conditions, appsv1.ReplicaSetCondition{
			Type: appsv1.ReplicaSetConditionType(row[0]), Status: corev1.ConditionStatus(row[1]), Reason: row[2],
		})
	}
	return rs
}

func statefulSetFrom(s sections) *appsv1.StatefulSet {
	set := &appsv1.StatefulSet{ObjectMeta: metaFrom(s)}
	n := counts(s.value("Replicas"))
	set.Spec.Replicas, set.Status.Replicas = pointer(n["desired"]), n["total"]
	set.Spec.Selector = selectorFrom(s)
	set.Spec.ServiceName = s.value("Service Name")
	set.Spec.UpdateStrategy.Type = appsv1.StatefulSetUpdateStrategyType(s.value("Update Strategy"))
	set.Spec.Template = templateFrom(s)
	return set
}

func daemonSetFrom(s sections) *appsv1.DaemonSet {
	set := &appsv1.DaemonSet{ObjectMeta: metaFrom(s)}
	set.Spec.Selector = selectorFrom(s)
	set.Spec.Template = templateFrom(s)
	set.Status.DesiredNumberScheduled, _ = int32From(s.value("Desired Number of Nodes Scheduled"))
	set.Status.CurrentNumberScheduled, _ = int32From(s.value("Current Number of Nodes Scheduled"))
	set.Status.UpdatedNumberScheduled, _ = int32From(s.value("Number of Nodes Scheduled with Up-to-date Pods"))
	set.Status.NumberAvailable, _ = int32From(s.value("Number of Nodes Scheduled with Available Pods"))
	set.Status.NumberMisscheduled, _ = int32From(s.value("Number of Nodes Misscheduled"))
	return set
}

// jobFrom reads a Job. kubectl 1.28 prints no back-off limit yet, which then stays nil. No version prints the conditions;
// a failure is known from the event, which the controller gives the reason and message of the condition (recordJobFinished).
func jobFrom(s sections, events []Event) *batchv1.Job {
	job := &batchv1.Job{ObjectMeta: metaFrom(s)}
	job.Spec = jobSpecFrom(s)
	if start := timeFrom(s.value("Start Time")); !start.IsZero() {
		job.Status.StartTime = &start
	}
	if done := timeFrom(s.value("Completed At")); !done.IsZero() {
		job.Status.CompletionTime = &done
	}
	n := counts(s.value("Pods Statuses"))
	job.Status.Active = max(n["Active"], n["Running"])
	job.Status.Succeeded, job.Status.Failed = n["Succeeded"], n["Failed"]
	if ready, ok := n["Ready"]; ok {
		job.Status.Ready = &ready
	}
	for _, e := range events {
		if r := e.Event.Reason; r == batchv1.JobReasonBackoffLimitExceeded || r == batchv1.JobReasonDeadlineExceeded {
			job.Status.Conditions = append(job.Status.Conditions, batchv1.JobCondition{
				Type: batchv1.JobFailed, Status: corev1.ConditionTrue, Reason: r, Message: e.Event.Message,
			})
		}
	}
	return job
}

func jobSpecFrom(s sections) batchv1.JobSpec {
	spec := batchv1.JobSpec{
		Selector: selectorFrom(s), Parallelism: numberFrom(s, "Parallelism"), Completions: numberFrom(s, "Completions"),
		BackoffLimit: numberFrom(s, "Backoff Limit"), TTLSecondsAfterFinished: numberFrom(s, "TTL Seconds After Finished"),
		Template: templateFrom(s),
	}
	if deadline := numberFrom(s, "Active Deadline Seconds"); deadline != nil {
		spec.ActiveDeadlineSeconds = pointer(int64(*deadline))
	}
	if mode := batchv1.CompletionMode(s.value("Completion Mode")); mode != "" {
		spec.CompletionMode = &mode
	}
	if suspend := s.value("Suspend"); suspend != "" {
		spec.Suspend = pointer(suspend == "true")
	}
	return spec
}

func cronJobFrom(s sections) *batchv1.CronJob {
	cron := &batchv1.CronJob{ObjectMeta: metaFrom(s)}
	cron.Spec.Schedule = s.value("Schedule")
	cron.Spec.ConcurrencyPolicy = batchv1.ConcurrencyPolicy(s.value("Concurrency Policy"))
	cron.Spec.SuccessfulJobsHistoryLimit = numberFrom(s, "Successful Job History Limit")
	cron.Spec.FailedJobsHistoryLimit = numberFrom(s, "Failed Job History Limit")
	if zone := s.value("Time Zone"); zone != "" {
		cron.Spec.TimeZone = &zone
	}
	cron.Spec.JobTemplate.Spec = jobSpecFrom(s)
	cron.Spec.Suspend, cron.Spec.JobTemplate.Spec.Suspend = pointer(s.value("Suspend") == "True"), nil
	if last := timeFrom(s.value("Last Schedule Time")); !last.IsZero() {
		cron.Status.LastScheduleTime = &last
	}
	for name := range strings.SplitSeq(s.value("Active Jobs"), ", ") {
		if name != "" {
			cron.Status.Active = append(cron.Status.Active, corev1.ObjectReference{Kind: "Job", Name: name})
		}
	}
	return cron
}

func numberFrom(s sections, key string) *int32 {
	text := strings.TrimSuffix(s.value(key), "s")
	if text == "" {
		return nil
	}
	n, read := int32From(text)
	if !read {
		return nil
	}
	return &n
}

// selectorFrom reads "app=web,tier in (a,b)" (FormatLabelSelector).
func selectorFrom(s sections) *metav1.LabelSelector {
	text := s.value("Selector")
	if text == "" {
		return nil
	}
	selector, err := metav1.ParseToLabelSelector(text)
	if err != nil {
		return nil
	}
	return selector
}

// templateFrom reads the pod template, which is printed as a pod is, one step further right (DescribePodTemplate).
func templateFrom(s sections) corev1.PodTemplateSpec {
	template := corev1.PodTemplateSpec{}
	head := s.find("Pod Template")
	if head == nil {
		return template
	}
	t := splitSections(head.body)
	template.ObjectMeta = metaFrom(t)
	template.Spec.ServiceAccountName = t.value("Service Account")
	template.Spec.PriorityClassName = t.value("Priority Class Name")
	v := view{sections: t, seen: podCoverage(t), pod: &corev1.Pod{}}
	v.addContainers()
	template.Spec.InitContainers, template.Spec.Containers = v.pod.Spec.InitContainers, v.pod.Spec.Containers
	if sec := t.find("Volumes"); sec != nil {
		template.Spec.Volumes = volumesFrom(sec.body)
	}
	if sec := t.find("Node-Selectors"); sec != nil {
		template.Spec.NodeSelector = labelsFrom(sec)
	}
	return template
}

// conditionRows are the rows "Type Status Reason" of a Deployment or a ReplicaSet.
func conditionRows(s sections) [][3]string {
	sec := s.find("Conditions")
	if sec == nil {
		return nil
	}
	var rows [][3]string
	for _, l := range sec.body {
		fields := strings.Fields(l.text)
		if len(fields) >= 2 && isStatus(fields[1]) {
			rows = append(rows, [3]string{fields[0], fields[1], strings.Join(fields[2:], " ")})
		}
	}
	return rows
}
