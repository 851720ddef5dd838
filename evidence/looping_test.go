package evidence

import (
	"math/rand/v2"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	second = time.Second
	mins   = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
)

// crashed is a container that runs again: it has restarted that often, its last run lasted from one moment before noon to another,
// and the present one began so long before noon.
func crashed(restarts int32, ready bool, started, finished, again time.Duration) corev1.ContainerStatus {
	return corev1.ContainerStatus{
		RestartCount: restarts, Ready: ready, State: running(again),
		LastTerminationState: corev1.ContainerState{Terminated: ended(1, started, finished)},
	}
}

// situations are containers that run after a crash, as they are seen at noon; known is the verdict where that moment is known, and
// alone where the status is all there is: it may have been read then, or days later.
var situations = []struct {
	name         string
	age          time.Duration
	status       corev1.ContainerStatus
	known, alone Verdict
}{
	{
		"young loop in an old pod, in back-off before this run", 29 * day,
		crashed(6, true, 60*second, 46*second, 20*second), CrashLooping, CrashLooping,
	},
	{
		"the same, not ready yet", 29 * day,
		crashed(6, false, 60*second, 46*second, 20*second), CrashLooping, CrashLooping,
	},
	{
		"young loop of two crashes, the restart was immediate", 90 * day,
		crashed(2, true, 25*second, 21*second, 20*second), CrashLooping, CrashLooping,
	},
	{
		"young loop at the longest back-off", 29 * day,
		crashed(11, true, 5*mins+15*second, 5*mins+12*second, 10*second), CrashLooping, CrashLooping,
	},
	{
		"killed by a probe each 66 s since a quarter of an hour", 10 * day,
		crashed(9, true, 100*second, 34*second, 33*second), CrashLooping, CrashLooping,
	},
	{
		"killed by memory each half hour since yesterday, in a pod of a month", 29 * day,
		crashed(48, true, 50*mins, 20*mins, 20*mins-second), CrashLooping, CrashLooping,
	},
	{
		"the same seen when the run has lasted far longer than that", 29 * day,
		crashed(48, true, 4*hour, 3*hour+30*mins, 3*hour+29*mins), Recovered, CrashLooping,
	},
	{
		"three restarts in a month, the last an hour ago", 30 * day,
		crashed(3, true, 9*day, hour, hour-second), Recovered, Recovered,
	},
	{
		"three restarts in a month, the last a minute ago", 30 * day,
		crashed(3, true, 9*day, mins, 59*second), Recovered, Recovered,
	},
	{
		"three restarts in a month, the last two close together, an hour ago", 30 * day,
		crashed(3, true, hour+40*mins, hour, hour-second), Recovered, CrashLooping,
	},
	{
		"slow loop each four hours", 2 * day,
		crashed(12, true, 5*hour, hour, hour-10*second), CrashLooping, Recovered,
	},
	{
		"two single crashes, four hours apart", 9 * hour,
		crashed(2, true, 5*hour, hour, hour-10*second), Recovered, Recovered,
	},
	{
		"a loop that ended twenty minutes ago", 80 * mins,
		crashed(14, true, 20*mins+2*second, 20*mins+second, 20*mins), Recovered, CrashLooping,
	},
	{
		"a loop that ended twenty minutes ago in an old pod, and not ready", 29 * day,
		crashed(14, false, 20*mins+2*second, 20*mins+second, 20*mins), NotReady, CrashLooping,
	},
	{
		"ready without a probe between two crashes", 6 * hour,
		crashed(120, true, 3*mins+10*second, 3*mins, 2*second), CrashLooping, CrashLooping,
	},
	{
		"one crash after weeks", 30 * day,
		crashed(1, true, 30*day-mins, mins, 58*second), Recovered, Recovered,
	},
	{
		"one crash after weeks, not ready yet", 30 * day,
		crashed(1, false, 30*day-mins, mins, 58*second), NotReady, NotReady,
	},
	{
		"the first crash of a new pod, seen at once", 2 * mins,
		crashed(1, true, 100*second, 12*second, 10*second), CrashLooping, Recovered,
	},
	{
		"the first crash of a new pod, not ready after it", 2 * mins,
		crashed(1, false, 100*second, 62*second, 60*second), CrashLooping, CrashLooping,
	},
	{
		"one restart of a pod of forty days, at its start", 40 * day,
		crashed(1, true, 40*day-30*second, 40*day-63*second, 40*day-65*second), Recovered, Recovered,
	},
	{
		"up for four hours after a night's crashes", 19 * hour,
		crashed(2, false, 9*hour, 4*hour, 4*hour-second), NotReady, NotReady,
	},
	{
		"many restarts at the start of a pod, well for a day", 3 * day,
		crashed(20, true, day+2*second, day+second, day), Recovered, CrashLooping,
	},
}

func verdicts(t *testing.T, at time.Duration, want func(i int) Verdict, now func(*corev1.Pod) moment) {
	for i, tt := range situations {
		t.Run(tt.name, func(t *testing.T) {
			pod := onePod(tt.age, tt.status)
			if got := verdictOf(pod, "app", now(pod)); got != want(i) {
				t.Errorf("%v: got %s, want %s", at, got, want(i))
			}
		})
	}
}

func TestVerdictByTheNewestRuns(t *testing.T) {
	verdicts(t, 0, func(i int) Verdict { return situations[i].known }, func(*corev1.Pod) moment { return moment{at: noon} })
}

// Nothing tells of a later moment than the start of the run.
func TestVerdictWhereTheMomentOfReadingIsNotKnown(t *testing.T) {
	verdicts(t, 0, func(i int) Verdict { return situations[i].alone }, func(pod *corev1.Pod) moment {
		now := (&Raw{Pod: pod}).now()
		if !now.least {
			t.Fatal("the status alone tells no time")
		}
		return now
	})
}

// A pod that was read together with others was read when they were.
func TestVerdictByWhatWasReadAlong(t *testing.T) {
	for _, tt := range situations {
		raw := &Raw{Pod: onePod(tt.age, tt.status), Newest: noon.Add(40 * day)}
		ev := Of(raw)
		if v := ev.Containers[0].Verdict; v == CrashLooping || !ev.AtGuessed || !ev.At.Equal(raw.Newest) {
			t.Errorf("%s: %s forty days later, at %v", tt.name, v, ev.At)
		}
		alone := Of(&Raw{Pod: onePod(tt.age, tt.status)})
		if v := alone.Containers[0].Verdict; v != tt.alone {
			t.Errorf("%s: %s, want %s", tt.name, v, tt.alone)
		}
	}
}

// Events of a loop that is seen running do not make it another verdict: a sweep of a cluster decides without them which pods are
// looked at.
func TestVerdictIsThatOfTheSweep(t *testing.T) {
	for _, tt := range situations {
		pod := onePod(tt.age, tt.status)
		backOff := corev1.Event{
			Reason: "BackOff", Message: "Back-off restarting failed container app", Count: 30,
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: pod.Name, Namespace: pod.Namespace, FieldPath: "spec.containers{app}"},
			FirstTimestamp: before(hour), LastTimestamp: before(mins),
		}
		for _, events := range [][]corev1.Event{nil, {backOff}} {
			ev := Of(&Raw{Pod: pod, At: noon, Events: events, EventsRead: true})
			if got, want := Troubled(pod, noon), ev.Containers[0].Verdict.Trouble(); got != want {
				t.Errorf("%s: in a sweep %v, alone %v (%s)", tt.name, got, want, ev.Containers[0].Verdict)
			}
		}
	}
}

// The same of any pod that a cluster may hold.
func TestAnyPodIsInTroubleAsTheSweepSays(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 5_000 {
		pod := anyPod(random)
		ago := func(most time.Duration) metav1.Time {
			return metav1.NewTime(crashTime.Add(-time.Duration(random.Int64N(int64(most)))))
		}
		pod.CreationTimestamp = ago(30 * day)
		if pod.Status.Phase == corev1.PodSucceeded {
			pod.Status.Reason = "" // nothing runs then
		}
		for s := range Statuses(pod) {
			if s.State.Running != nil {
				s.State.Running.StartedAt = ago(oneOf(random, mins, hour, day))
			}
			if ran := s.LastTerminationState.Terminated; ran != nil {
				ran.FinishedAt = ago(oneOf(random, mins, hour, day))
				ran.StartedAt = metav1.NewTime(ran.FinishedAt.Add(-time.Duration(random.Int64N(int64(hour)))))
			}
		}
		in := false
		for _, c := range Of(&Raw{Pod: pod, At: crashTime}).Containers {
			in = in || c.Verdict.Trouble()
		}
		if got := Troubled(pod, crashTime); got != in {
			t.Fatalf("a sweep says %v, the whole evidence %v: %+v", got, in, pod)
		}
	}
}

// Once a run is seen long enough it is no loop any more, and does not become one again by waiting.
func TestALoopEndsOnce(t *testing.T) {
	for _, tt := range situations {
		pod, ended := onePod(tt.age, tt.status), false
		for wait := time.Duration(0); wait < 2*day; wait += mins {
			loops := verdictOf(pod, "app", moment{at: noon.Add(wait)}) == CrashLooping
			if loops && ended {
				t.Errorf("%s: loops again after %v", tt.name, wait)
				break
			}
			ended = !loops
		}
		if !ended {
			t.Errorf("%s: still loops after two days", tt.name)
		}
	}
}

func TestVerdictOfWhatWasReadyForHours(t *testing.T) {
	for _, tt := range []struct {
		name  string
		ready time.Duration // before noon, when it was ready for the last time
		want  Verdict
	}{
		{"not ready since a minute", mins, NotReady},
		{"not ready since its start", 3 * hour, CrashLooping},
	} {
		pod := onePod(40*hour, crashed(9, false, 7*hour, 3*hour+second, 3*hour))
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: before(tt.ready)}}
		if got := verdictOf(pod, "app", moment{at: noon}); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestVerdictOfARowByItsAges(t *testing.T) {
	for _, tt := range []struct {
		restarts   int32
		ready      bool
		crash, age string
		want       Verdict
	}{
		{120, true, "3s", "6h", CrashLooping},
		{5, true, "50s", "3m", CrashLooping},
		{17, true, "4m", "64m", CrashLooping},
		{8, true, "4m", "12m", CrashLooping},
		{6, true, "26s", "696h", CrashLooping},
		{5, true, "6m", "7m", Recovered},
		{64, true, "4h", "408h", Recovered},
		{64, true, "4m", "408h", Recovered},
		{1, true, "5s", "6h", Recovered},
		{1, false, "5s", "6h", CrashLooping},
		{5, false, "72h", "720h", NotReady},
		{5, false, "1m", "720h", CrashLooping},
		{12, true, "3h", "48h", CrashLooping},
		{2, true, "3h", "11h", Recovered},
		{5, true, "", "6h", Recovered},
		{5, false, "", "6h", CrashLooping},
	} {
		pod := onePod(0, corev1.ContainerStatus{
			RestartCount: tt.restarts, Ready: tt.ready,
			State:                corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
			LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1}},
		})
		pod.CreationTimestamp, pod.Status.StartTime = metav1.Time{}, nil
		pod.Annotations = map[string]string{AnnotationAge: tt.age, AnnotationCrashed: tt.crash}
		if got := verdictOf(pod, "app", moment{}); got != tt.want {
			t.Errorf("%d (%s ago) %s, ready %v: got %s, want %s", tt.restarts, tt.crash, tt.age, tt.ready, got, tt.want)
		}
		age, _ := time.ParseDuration(tt.age)
		crash, err := time.ParseDuration(tt.crash)
		if err != nil {
			continue
		}
		// The same where the moment of printing is known, so that the ages are times.
		dated := onePod(age, pod.Status.ContainerStatuses[0])
		dated.Status.ContainerStatuses[0].LastTerminationState.Terminated.FinishedAt = before(crash)
		if got := verdictOf(dated, "app", moment{at: noon}); got != tt.want {
			t.Errorf("%d (%s ago) %s, ready %v, dated: got %s, want %s", tt.restarts, tt.crash, tt.age, tt.ready, got, tt.want)
		}
	}
}

// What has recovered is of interest to whoever gives its log, and where nobody knows whether it has.
func TestWhoIsAskedFor(t *testing.T) {
	long := crashed(3, true, 9*day, hour, hour-second)
	fresh := crashed(1, true, 100*second, 12*second, 10*second)
	previous := RawLog{Container: "app", Previous: true, PreviousKnown: true, Data: []byte("panic: no\n")}
	current := RawLog{Container: "app", PreviousKnown: true, Data: []byte("serving\n")}
	for _, tt := range []struct {
		name    string
		status  corev1.ContainerStatus
		at      time.Time
		logs    []RawLog
		asked   bool
		between bool
	}{
		{"well for an hour", long, noon, nil, false, false},
		{"well for an hour, and the log of its crash", long, noon, []RawLog{previous}, true, false},
		{"well for an hour, and the log of what runs", long, noon, []RawLog{current}, false, false},
		{"crashed once, and nobody knows how long it has run", fresh, time.Time{}, nil, true, true},
		{"never crashed, and its log", corev1.ContainerStatus{Ready: true, State: running(hour)}, noon, []RawLog{current}, false, false},
	} {
		ev := Of(&Raw{Pod: onePod(30*day, tt.status), At: tt.at, Logs: tt.logs})
		if c := &ev.Containers[0]; c.Verdict.Trouble() || c.Asked() != tt.asked || c.Between != tt.between {
			t.Errorf("%s: %s, asked for %v, between two crashes %v", tt.name, c.Verdict, c.Asked(), c.Between)
		}
	}
}
