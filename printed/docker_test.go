package printed

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unloop-dev/unloop/fact"
)

const dockerText = `CONTAINER ID   IMAGE                       COMMAND                  CREATED              STATUS                        PORTS     NAMES
5be2a7c1904d   8b2c1d0e9f3a                "/gate --toll 5"         54 seconds ago       Exited (137) 12 seconds ago             k8s_gate_toll-0_roads_` + tollUID + `_4
4be2a7c1904d   8b2c1d0e9f3a                "/gate --toll 5"         About a minute ago   Exited (1) About a minute ago           k8s_gate_toll-0_roads_` + tollUID + `_3
6be2a7c1904d   9b2c1d0e9f3a                "/lamp"                  5 hours ago          Up 5 hours (healthy)                    k8s_lamp_toll-1_roads_7f1c0b52-3d0e-4c7a-9a51-0c2f7d8e9b10_0
7be2a7c1904d   registry.k8s.io/pause:3.9   "/pause"                 5 hours ago          Up 5 hours                              k8s_POD_toll-0_roads_` + tollUID + `_0
8be2a7c1904d   postgres:17                 "docker-entrypoint.s…"   5 hours ago          Exited (0) 4 hours ago        5432/tcp  notes-db-1
`

func TestDockerPs(t *testing.T) {
	up := strings.Replace(dockerText, "Exited (137) 12 seconds ago", "Up 3 seconds               ", 1)
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"docker", dockerText, []string{"roads/toll-0 Running: gateterminated  137 restarts=4 ended \"\" with 1", "roads/toll-1 Running: lamprunning restarts=0"}},
		{"it runs again", up, []string{"roads/toll-0 Running: gaterunning restarts=4 ended \"\" with 1", "roads/toll-1 Running: lamprunning restarts=0"}},
		{"blanks were collapsed", strings.ReplaceAll(dockerText, "   ", "  "), []string{"roads/toll-0 Running: gateterminated  137 restarts=4 ended \"\" with 1", "roads/toll-1 Running: lamprunning restarts=0"}},
		{
			"nerdctl", "CONTAINER ID    IMAGE                      COMMAND           CREATED          STATUS                     PORTS    NAMES\n" +
				"5be2a7c1904d    docker.io/roads/gate:4     \"/gate\"           54 seconds ago   Exited (3) 50 seconds ago           k8s://roads/toll-0/gate\n" +
				"7be2a7c1904d    registry.k8s.io/pause:3.9  \"/pause\"          5 hours ago      Up                                  k8s://roads/toll-0\n",
			[]string{"roads/toll-0 Running: gateterminated  3 restarts=0"},
		},
		{"of no pod", "CONTAINER ID   IMAGE      COMMAND    CREATED      STATUS      PORTS   NAMES\n8be2a7c1904d   postgres   \"p\"        1 day ago    Up 1 day            notes-db-1\n", nil},
	} {
		blocks := Split([]byte(tt.text))
		if len(blocks) != 1 || blocks[0].Kind != BlockDocker {
			t.Errorf("%s: %v", tt.name, kindsOf(blocks))
		}
		if diff := cmp.Diff(tt.want, told(DockerPs([]byte(tt.text)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	// Of a run before the one that is up, no row may be left.
	p := DockerPs([]byte(strings.ReplaceAll(up, "Exited (1) About", "Removal In Progress   ")))
	if !fact.ExitCode.Among(p.Pods[0].Hidden) {
		t.Error("the code of a run that no row shows is known")
	}
}

const dockerInspectText = `[
    {
        "Id": "` + tollCID + `",
        "Created": "2026-02-14T06:09:50.1Z",
        "Path": "/gate",
        "State": {
            "Status": "exited", "Running": false, "OOMKilled": true, "ExitCode": 137, "Error": "",
            "StartedAt": "2026-02-14T06:09:51.1Z", "FinishedAt": "2026-02-14T06:10:32.1Z"
        },
        "Image": "sha256:0a1b",
        "Name": "/k8s_gate_toll-0_roads_` + tollUID + `_4",
        "RestartCount": 0,
        "HostConfig": {"Memory": 134217728},
        "Config": {"Image": "sha256:0a1b", "Labels": {"io.kubernetes.container.name": "gate", "io.kubernetes.pod.name": "toll-0",
            "io.kubernetes.pod.namespace": "roads", "io.kubernetes.pod.uid": "` + tollUID + `"}}
    }
]
`

func TestDockerInspect(t *testing.T) {
	if b := Split([]byte(dockerInspectText)); len(b) != 1 || b[0].Kind != BlockDockerInspect {
		t.Errorf("%v", kindsOf(b))
	}
	ran := strings.NewReplacer(`"exited"`, `"running"`, `: 137`, `: 0`, `true`, `false`, `"HostConfig": {"Memory": 134217728},`, "")
	for name, tt := range map[string]struct{ text, want string }{
		"ended":   {dockerInspectText, "roads/toll-0 Running: gateterminated OOMKilled 137 restarts=4 limit 128Mi"},
		"one":     {strings.Trim(strings.TrimSpace(dockerInspectText), "[]"), "roads/toll-0 Running: gateterminated OOMKilled 137 restarts=4 limit 128Mi"},
		"running": {ran.Replace(dockerInspectText), `roads/toll-0 Running: gaterunning restarts=4 ended ""`},
	} {
		o, err := DockerInspect([]byte(tt.text))
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff([]string{tt.want}, told(o)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, text := range []string{"", "[", "[{}]", `[{"Id":"5be2a7c1904d","Name":"/notes-db-1"}]`, strings.ReplaceAll(dockerInspectText, `"gate"`, `"POD"`)} {
		if _, err := DockerInspect([]byte(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

func FuzzDocker(f *testing.F) {
	f.Add(dockerText)
	f.Add(dockerInspectText)
	f.Fuzz(func(t *testing.T, text string) {
		o, _ := DockerInspect([]byte(text))
		for _, all := range []*Objects{DockerPs([]byte(text)), o} {
			for i := range all.all() {
				if p := all.Pods[i]; len(p.Hidden) == 0 || len(p.Pod.Spec.Containers) == 0 {
					t.Fatalf("an incomplete pod: %+v", p)
				}
			}
		}
	})
}

func (o *Objects) all() []Pod {
	if o == nil {
		return nil
	}
	return o.Pods
}
