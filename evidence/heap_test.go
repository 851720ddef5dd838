package evidence

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestHeap(t *testing.T) {
	const mi = 1 << 20
	env := func(pairs ...string) (vars []corev1.EnvVar) {
		for i := 0; i < len(pairs); i += 2 {
			vars = append(vars, corev1.EnvVar{Name: pairs[i], Value: pairs[i+1]})
		}
		return vars
	}
	fromLimit := func(name, divisor string) corev1.EnvVar {
		ref := &corev1.ResourceFieldSelector{Resource: "limits.memory"}
		if divisor != "" {
			ref.Divisor = resource.MustParse(divisor)
		}
		return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: ref}}
	}
	tests := []struct {
		name    string
		command []string
		env     []corev1.EnvVar
		runtime string
		text    string
		bytes   int // 0: not known
		percent int // of 1Gi
	}{
		{"nothing told", []string{"java", "-jar", "app.jar"}, nil, "", "", 0, 0},
		{"-Xmx", []string{"java", "-Xmx2g", "-jar", "app.jar"}, nil, "jvm", "-Xmx2g", 2048 * mi, 200},
		{"-Xmx in a script", []string{"sh", "-c", "exec java '-Xmx768m' -jar app.jar"}, nil, "jvm", "-Xmx768m", 768 * mi, 75},
		{"-Xmx in bytes", []string{"java", "-Xmx1048576"}, nil, "jvm", "-Xmx1048576", mi, 0},
		{"MaxHeapSize", []string{"java", "-XX:MaxHeapSize=512M"}, nil, "jvm", "-XX:MaxHeapSize=512M", 512 * mi, 50},
		{"later wins", []string{"java", "-Xmx2g", "-Xmx512m"}, nil, "jvm", "-Xmx512m", 512 * mi, 50},
		{"percentage", []string{"java", "-XX:MaxRAMPercentage=75.0"}, nil, "jvm", "-XX:MaxRAMPercentage=75.0", 768 * mi, 75},
		{"size beats percentage", []string{"java", "-Xmx512m", "-XX:MaxRAMPercentage=75"}, nil, "jvm", "-Xmx512m", 512 * mi, 50},
		{"fraction", []string{"java", "-XX:MaxRAMFraction=2"}, nil, "jvm", "-XX:MaxRAMFraction=2", 512 * mi, 50},
		{"MaxRAM alone", []string{"java", "-XX:MaxRAM=2g"}, nil, "jvm", "-XX:MaxRAM=2g", 512 * mi, 50},
		{"MaxRAM and percentage", []string{"java", "-XX:MaxRAM=2g", "-XX:MaxRAMPercentage=50"}, nil, "jvm", "-XX:MaxRAMPercentage=50", 1024 * mi, 100},
		{"tool options", nil, env("JAVA_TOOL_OPTIONS", "-Dx=y -Xmx1500m"), "jvm", "-Xmx1500m", 1500 * mi, 146},
		{"command after tool options", []string{"java", "-Xmx512m"}, env("JAVA_TOOL_OPTIONS", "-Xmx2g"), "jvm", "-Xmx512m", 512 * mi, 50},
		{"_JAVA_OPTIONS after the command", []string{"java", "-Xmx512m"}, env("_JAVA_OPTIONS", "-Xmx2g"), "jvm", "-Xmx2g", 2048 * mi, 200},
		{"JDK_JAVA_OPTIONS after tool options", nil, env("JDK_JAVA_OPTIONS", "-Xmx1g", "JAVA_TOOL_OPTIONS", "-Xmx2g"), "jvm", "-Xmx1g", 1024 * mi, 100},
		{"CATALINA_OPTS after JAVA_OPTS", nil, env("CATALINA_OPTS", "-Xmx1g", "JAVA_OPTS", "-Xmx2g"), "jvm", "-Xmx1g", 1024 * mi, 100},
		{"kubelet's variable", []string{"java", "-Xmx$(HEAP)"}, env("HEAP", "512m"), "jvm", "-Xmx512m", 512 * mi, 50},
		{"shell's variables", []string{"sh", "-c", "java -Xms$LOW -Xmx${HEAP}m"}, env("HEAP", "512", "LOW", "1g"), "jvm", "-Xmx512m", 512 * mi, 50},
		{"unknown variable", []string{"sh", "-c", "java -Xmx$HEAP"}, nil, "jvm", "-Xmx$HEAP", 0, 0},
		{"a size the JVM refuses", []string{"java", "-Xmx2x"}, nil, "jvm", "-Xmx2x", 0, 0},
		{"a size no machine has", []string{"java", "-Xmx99999999999999t"}, nil, "jvm", "-Xmx99999999999999t", 0, 0},

		{"node", []string{"node", "--max-old-space-size=4096", "server.js"}, nil, "node", "--max-old-space-size=4096", 4096 * mi, 400},
		{"node, two words", []string{"node", "--max-old-space-size", "512", "server.js"}, nil, "node", "--max-old-space-size 512", 512 * mi, 50},
		{"node, underscores", []string{"node", "--max_old_space_size=512"}, nil, "node", "--max_old_space_size=512", 512 * mi, 50},
		{"node options", nil, env("NODE_OPTIONS", "--inspect --max-old-space-size=768"), "node", "--max-old-space-size=768", 768 * mi, 75},
		{"node command after options", []string{"node", "--max-old-space-size=512"}, env("NODE_OPTIONS", "--max-old-space-size=4096"), "node", "--max-old-space-size=512", 512 * mi, 50},
		{"node percentage", nil, env("NODE_OPTIONS", "--max-old-space-size-percentage=50"), "node", "--max-old-space-size-percentage=50", 512 * mi, 50},

		{"go", nil, env("GOMEMLIMIT", "900MiB"), "go", "GOMEMLIMIT=900MiB", 900 * mi, 87},
		{"go in bytes", nil, env("GOMEMLIMIT", "1073741824"), "go", "GOMEMLIMIT=1073741824", 1024 * mi, 100},
		{"go off", nil, env("GOMEMLIMIT", "off"), "", "", 0, 0},
		{"go, a unit it refuses", nil, env("GOMEMLIMIT", "900Mi"), "go", "GOMEMLIMIT=900Mi", 0, 0},
		{"go from the limit", nil, []corev1.EnvVar{fromLimit("GOMEMLIMIT", "")}, "go", "GOMEMLIMIT=1073741824", 1024 * mi, 100},
		{"jvm from the limit in Mi", []string{"java", "-Xmx$(LIMIT)m"}, []corev1.EnvVar{fromLimit("LIMIT", "1Mi")}, "jvm", "-Xmx1024m", 1024 * mi, 100},

		{"dotnet", nil, env("DOTNET_GCHeapHardLimit", "0x20000000"), "dotnet", "DOTNET_GCHeapHardLimit=0x20000000", 512 * mi, 50},
		{"dotnet without 0x", nil, env("COMPlus_GCHeapHardLimit", "20000000"), "dotnet", "COMPlus_GCHeapHardLimit=20000000", 512 * mi, 50},
		{"dotnet percent is hexadecimal", nil, env("DOTNET_GCHeapHardLimitPercent", "32"), "dotnet", "DOTNET_GCHeapHardLimitPercent=32", 512 * mi, 50},

		{"the runtime that the command names", []string{"/usr/bin/node", "server.js"}, env("JAVA_OPTS", "-Xmx2g", "NODE_OPTIONS", "--max-old-space-size=512"), "node", "--max-old-space-size=512", 512 * mi, 50},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			spec := limited("1Gi")
			spec.Command, spec.Env = test.command, test.env
			m := memoryOf(spec, nil, nil)
			if m.HeapSet != (test.runtime != "") || m.HeapRuntime != test.runtime || m.HeapText != test.text {
				t.Fatalf("got set %v, runtime %q, text %q; want %q, %q", m.HeapSet, m.HeapRuntime, m.HeapText, test.runtime, test.text)
			}
			if (m.HeapBytes != nil) != (test.bytes > 0) || (m.HeapBytes == nil) != (m.HeapPercent == nil) {
				t.Fatalf("bytes %v, percent %v, want %d", m.HeapBytes, m.HeapPercent, test.bytes)
			}
			if m.HeapBytes != nil && (*m.HeapBytes != test.bytes || *m.HeapPercent != test.percent) {
				t.Errorf("got %d bytes, %d %%; want %d, %d", *m.HeapBytes, *m.HeapPercent, test.bytes, test.percent)
			}
		})
	}
}

// TestHeapShareNeedsALimit: without a limit the JVM takes its share of the node, which is not known here.
func TestHeapShareNeedsALimit(t *testing.T) {
	for _, arg := range []string{"-XX:MaxRAMPercentage=75", "--max-old-space-size-percentage=75"} {
		m := memoryOf(&corev1.Container{Command: []string{arg}}, nil, nil)
		if !m.HeapSet || m.HeapBytes != nil || m.HeapPercent != nil {
			t.Errorf("%s: got %+v", arg, m)
		}
	}
	m := memoryOf(&corev1.Container{Command: []string{"-Xmx1g"}}, nil, nil)
	if m.HeapBytes == nil || m.HeapPercent != nil {
		t.Errorf("got %+v", m)
	}
}
