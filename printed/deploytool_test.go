package printed

import "testing"

func TestDeployToolsAreNoLog(t *testing.T) {
	for _, text := range []string{
		"Waiting for deployment \"edge\" rollout to finish: 0 of 1 updated replicas are available...\nerror: deployment \"edge\" exceeded its progress deadline",
		"Error: UPGRADE FAILED: timed out waiting for the condition", "Error: INSTALLATION FAILED: context deadline exceeded",
		"Release \"edge\" does not exist. Installing it now.",
		"NAME: edge\nLAST DEPLOYED: Mon Mar  2 08:40:01 2026\nNAMESPACE: shop\nSTATUS: failed\nREVISION: 4",
		"deployment.apps/edge configured\nservice/edge unchanged", "error: timed out waiting for the condition on deployments/edge",
	} {
		for _, above := range []string{tableAbove + "\n", describeAbove + cutEvents + "\n", tableAbove + "\nThis is the end of the pipeline:\n"} {
			for _, log := range logsOf(above + text + "\n") {
				t.Errorf("%q is taken for a log: %q", text, log.Text)
			}
		}
	}
	const ofJob = "Error: INSTALLATION FAILED: cannot re-use a name that is still in use"
	if logs := logsOf("$ kubectl logs helm-install-edge-x8z7w\n" + ofJob + "\n"); len(logs) != 1 {
		t.Errorf("the log of a Job that runs helm is lost: %+v", logs)
	}
	if logs := logsOf(tableAbove + "\nLogs:\n" + ofJob + "\n"); len(logs) != 1 {
		t.Errorf("the log of a Job that runs helm is lost: %+v", logs)
	}
}
