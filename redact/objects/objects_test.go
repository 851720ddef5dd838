package objects

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/unloop-dev/unloop/redact"
)

func podSpec(env []corev1.EnvVar, command, args []string) corev1.PodSpec {
	return corev1.PodSpec{Containers: []corev1.Container{{Name: "api", Env: env, Command: command, Args: args}}}
}

func TestPodRedactsEnvByNameAndContent(t *testing.T) {
	pod := &corev1.Pod{Spec: podSpec([]corev1.EnvVar{
		{Name: "DB_PASSWORD", Value: "correct horse"},
		{Name: "DATABASE_URL", Value: "postgres://app:hunter2@db:5432/shop"},
		{Name: "DB_SECRET_URL", Value: "postgres://app:hunter2@db:5432/shop"},
		{Name: "JAVA_OPTS", Value: "-Xmx512m"},
		{Name: "PORT", Value: "8080"},
		{Name: "TOKEN_FILE", Value: "/var/run/secrets/token"},
		{Name: "SMTP_PASSWORD", Value: "$(OTHER)"},
		{Name: "EMPTY_PASSWORD"},
		{Name: "API_KEY", Value: "k"},
	}, nil, nil)}
	want := []string{
		redact.Marker, "postgres://app:[redacted]@db:5432/shop", "postgres://app:[redacted]@db:5432/shop", "-Xmx512m", "8080",
		"/var/run/secrets/token", "$(OTHER)", "", redact.Marker,
	}
	before := pod.DeepCopy()
	var got []string
	for _, v := range Redact(pod, nil).Spec.Containers[0].Env {
		got = append(got, v.Value)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("env (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, pod); diff != "" {
		t.Errorf("Pod changed its argument (-before +after):\n%s", diff)
	}
}

func TestPodRedactsMetadataMessagesAndHeaders(t *testing.T) {
	message := "dial amqp://u:hunter2@mq:5672: refused"
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl"}},
			Annotations: map[string]string{
				lastApplied: `{"spec":{}}`, "example.com/api-token": "abc", "example.com/owner": "shop",
			},
		},
		Spec: podSpec(nil, nil, nil),
		Status: corev1.PodStatus{
			Message: message,
			ContainerStatuses: []corev1.ContainerStatus{{
				State:                corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Message: message}},
				LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Message: message}},
			}},
		},
	}
	pod.Spec.Containers[0].LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{
		HTTPGet: &corev1.HTTPGetAction{Path: "/x?token=abc", HTTPHeaders: []corev1.HTTPHeader{
			{Name: "Authorization", Value: "Token abc"}, {Name: "Accept", Value: "text/plain"},
		}},
	}}
	pod.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{
		Exec: &corev1.ExecAction{Command: []string{"quit", "--token", "abc"}},
	}}

	clean := "dial amqp://u:[redacted]@mq:5672: refused"
	want := pod.DeepCopy()
	want.ManagedFields = nil
	want.Annotations = map[string]string{"example.com/api-token": redact.Marker, "example.com/owner": "shop"}
	want.Status.Message = clean
	want.Status.ContainerStatuses[0].State.Waiting.Message = clean
	want.Status.ContainerStatuses[0].LastTerminationState.Terminated.Message = clean
	get := want.Spec.Containers[0].LivenessProbe.HTTPGet
	get.Path = "/x?token=[redacted]"
	get.HTTPHeaders[0].Value = redact.Marker
	want.Spec.Containers[0].Lifecycle.PreStop.Exec.Command[2] = redact.Marker
	if diff := cmp.Diff(want, Redact(pod, nil)); diff != "" {
		t.Errorf("Pod (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Redact(pod, nil), Redact(Redact(pod, nil), nil)); diff != "" {
		t.Errorf("redacting a pod twice changes it (-once +twice):\n%s", diff)
	}
}

func TestCommandAndArgsAreOneCommandLine(t *testing.T) {
	pod := Redact(&corev1.Pod{Spec: podSpec(nil, []string{"run", "--token"}, []string{"abc", "x"})}, nil)
	if diff := cmp.Diff([]string{redact.Marker, "x"}, pod.Spec.Containers[0].Args); diff != "" {
		t.Errorf("args (-want +got):\n%s", diff)
	}
}

func TestObjectRedactsTemplates(t *testing.T) {
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{"vault-token": "abc"}},
		Spec:       podSpec([]corev1.EnvVar{{Name: "DB_PASSWORD", Value: "hunter2"}}, nil, nil),
	}
	templates := map[string]corev1.PodTemplateSpec{
		"replicaset":  Redact(&appsv1.ReplicaSet{Spec: appsv1.ReplicaSetSpec{Template: template}}, nil).Spec.Template,
		"deployment":  Redact(&appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: template}}, nil).Spec.Template,
		"statefulset": Redact(&appsv1.StatefulSet{Spec: appsv1.StatefulSetSpec{Template: template}}, nil).Spec.Template,
		"daemonset":   Redact(&appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{Template: template}}, nil).Spec.Template,
		"job":         Redact(&batchv1.Job{Spec: batchv1.JobSpec{Template: template}}, nil).Spec.Template,
		"cronjob": Redact(&batchv1.CronJob{Spec: batchv1.CronJobSpec{JobTemplate: batchv1.JobTemplateSpec{
			Spec: batchv1.JobSpec{Template: template},
		}}}, nil).Spec.JobTemplate.Spec.Template,
	}
	for kind, got := range templates {
		if got.Spec.Containers[0].Env[0].Value != redact.Marker || got.Annotations["vault-token"] != redact.Marker {
			t.Errorf("the template of a %s keeps a secret: %v", kind, got)
		}
	}
}

func TestObjectKeepsOnlyTheKeysOfASecret(t *testing.T) {
	secret := Redact(&corev1.Secret{Data: map[string][]byte{"a": []byte("x")}, StringData: map[string]string{"b": "y"}}, nil)
	want := &corev1.Secret{Data: map[string][]byte{"a": []byte(redact.Marker)}, StringData: map[string]string{"b": redact.Marker}}
	if diff := cmp.Diff(want, secret); diff != "" {
		t.Errorf("Object (-want +got):\n%s", diff)
	}
}

func TestObjectRedactsConfigMapsAndEvents(t *testing.T) {
	config := Redact(&corev1.ConfigMap{Data: map[string]string{"app.properties": "db.host=db\ndb.password=hunter2\n"}}, nil)
	if want := "db.host=db\ndb.password=[redacted]\n"; config.Data["app.properties"] != want {
		t.Errorf("ConfigMap data = %q, want %q", config.Data["app.properties"], want)
	}
	event := Redact(&corev1.Event{Message: "Get http://x/?token=abc: refused"}, nil)
	if want := "Get http://x/?token=[redacted]: refused"; event.Message != want {
		t.Errorf("event message = %q, want %q", event.Message, want)
	}
}

func TestObjectOfNilIsNil(t *testing.T) {
	if got := Redact[*corev1.Pod](nil, nil); got != nil {
		t.Errorf("Redact[*corev1.Pod](nil, nil) = %v, want nil", got)
	}
}
