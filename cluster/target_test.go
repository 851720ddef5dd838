package cluster

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseTargets(t *testing.T) {
	for args, want := range map[string][]Target{
		"":                              nil,
		"pods":                          nil,
		"web-5d4f-abcde":                {{"Pod", "web-5d4f-abcde"}},
		"a b":                           {{"Pod", "a"}, {"Pod", "b"}},
		"pod/a":                         {{"Pod", "a"}},
		"po a":                          {{"Pod", "a"}},
		"deploy web api":                {{"Deployment", "web"}, {"Deployment", "api"}},
		"deploy/web a":                  {{"Deployment", "web"}, {"Pod", "a"}},
		"Deployments.apps/web":          {{"Deployment", "web"}},
		"deployment.v1.apps/web":        {{"Deployment", "web"}},
		"rs/a sts/b ds/c job/d cj/e":    {{"ReplicaSet", "a"}, {"StatefulSet", "b"}, {"DaemonSet", "c"}, {"Job", "d"}, {"CronJob", "e"}},
		"jobs.batch/d cronjobs.batch/e": {{"Job", "d"}, {"CronJob", "e"}},
	} {
		got, err := ParseTargets(strings.Fields(args))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", args, err, diff)
		}
	}
}

func TestParseTargetsNamesTheKnownTypes(t *testing.T) {
	const known = "known types: pod, deployment, replicaset, statefulset, daemonset, job, cronjob"
	for args, want := range map[string][2]string{
		"svc/web":         {`unknown type "svc" in svc/web`, known + "; a pod in namespace svc is unloop web -n svc"},
		"job.apps/x":      {`unknown type "job.apps" in job.apps/x`, known + "; a pod in namespace job.apps is unloop x -n job.apps"},
		"deploy/":         {`"deploy/" is neither TYPE/NAME nor the name of a pod`, known},
		"deploy/a/b":      {`"deploy/a/b" is neither TYPE/NAME nor the name of a pod`, known},
		"deploy":          {"which deployment?", `type unloop deploy/NAME; a pod that is called "deploy" is pod/deploy`},
		"good deploy/a/b": {`"deploy/a/b" is neither TYPE/NAME nor the name of a pod`, known},
	} {
		_, err := ParseTargets(strings.Fields(args))
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, ErrUsage) || e.Text != want[0] || e.Hint != want[1] {
			t.Errorf("%q: %+v, want %q", args, err, want)
		}
	}
}
