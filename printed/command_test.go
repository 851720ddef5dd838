package printed

import "testing"

func TestParseCommand(t *testing.T) {
	describe := Command{Program: "kubectl", Verb: "describe", Kind: "Pod", Name: "api-1", Namespace: "shop"}
	previous := Command{Program: "kubectl", Verb: "logs", Kind: "Pod", Name: "api-1", Container: "web", Previous: true}
	get := Command{Program: "kubectl", Verb: "get", Kind: "Pod", Output: "wide"}
	for line, want := range map[string]Command{
		"$ kubectl describe pod api-1 -n shop":                           describe,
		"root@n1:~# kubectl describe po/api-1 --namespace=shop":          describe,
		"[root@n1 ~]# kubectl -n shop describe pods api-1 | less":        describe,
		"PS C:\\Users\\me> kubectl describe pod api-1 -n shop":           describe,
		"C:\\Users\\me>kubectl.exe describe pod api-1 -nshop":            describe,
		"➜  ~ k describe pod api-1 -n shop":                              describe,
		"(⎈|prod:shop) me@laptop ~ % kubectl describe pod api-1 -n shop": describe,
		"+ kubectl describe pod api-1 -n shop":                           describe,
		"kubectl describe pod api-1 -n shop":                             describe,
		"**`kubectl describe pod api-1 -n shop`**:":                      describe,
		"❯ sudo microk8s kubectl describe pod api-1 -n shop 2>&1":        describe,
		"$ oc logs api-1 -c web -p":                                      previous,
		"$ kubectl logs --previous api-1 web --tail 50":                  previous,
		"$ kubectl logs pod/api-1 --container web --previous=true -f":    previous,
		"$ kubectl get pods -o wide":                                     get,
		"$ watch kubectl get po -owide -l app=api":                       get,
		"$ kubectl get pods,svc":                                         {Program: "kubectl", Verb: "get", Kind: "pods,svc"},
		"$ kubectl events --for pod/api-1 -n shop": {
			Program: "kubectl", Verb: "events", Kind: "Event", Name: "api-1", Namespace: "shop",
		},
		"root@n2:~# crictl ps -a":                            {Program: "crictl", Verb: "ps"},
		"# journalctl -u kubelet --no-pager | grep api":      {Program: "journalctl"},
		"$ kubectl logs deploy/api":                          {Program: "kubectl", Verb: "logs", Kind: "Deployment", Name: "api"},
		"$ kubectl apply -f api.yaml":                        {Program: "kubectl", Verb: "apply"},
		"$ KUBECONFIG=/tmp/k kubectl get deploy api -o yaml": {Program: "kubectl", Verb: "get", Kind: "Deployment", Name: "api", Output: "yaml"},
	} {
		if got, ok := ParseCommand(line); !ok || got != want {
			t.Errorf("ParseCommand(%q) = %+v, %v; want %+v", line, got, ok, want)
		}
	}
	for line, want := range map[string]Command{
		"$ kc get po -o wide": get,
		"[root@n1 ~]# /usr/local/bin/kubectl get pods -owide": get,
		"$ kubectl-1.29 get pods -o wide":                     get,
		"$ ./kubectl.sh -o wide get pods":                     get,
		"me@host:~$ sudo k0s kubectl get pods -o wide":        get,
		"$ rke2 kubectl get pods -o=wide":                     get,
		"$ minikube kubectl -- get pods -o wide":              get,
		"$ ssh n1 kubectl get pods -o wide":                   get,
		"# docker exec -it cp kubectl get pods -o wide":       get,
		"PS C:\\> kubecolor get pods -o wide":                 get,
		"C:\\Users\\me>kb get pods -o wide":                   get,
		"➜  ~ git:(main) ✗ kc get pods -o wide":               get,
		"➜  ~ prod get pods -o wide":                          get,
		"$ kgpowide":                                          get,
		"$ kgpwide":                                           get,
		"kc get pods -o wide":                                 get,
		"$ ks describe pods/api-1 -n shop":                    describe,
		"$ kdpo api-1 -n shop":                                describe,
		"$ kdpn shop api-1":                                   describe,
		"$ klp api-1 web":                                     previous,
		"$ my-cluster --context prod logs -p api-1 -c web":    previous,
		"$ kc logs -f deploy/api":                             {Program: "kubectl", Verb: "logs", Kind: "Deployment", Name: "api"},
		"$ kge -n shop":                                       {Program: "kubectl", Verb: "get", Kind: "Event", Namespace: "shop"},
		"$ kl1h api-1":                                        {Program: "kubectl", Verb: "logs", Kind: "Pod", Name: "api-1", Filtered: true},
	} {
		if got, ok := ParseCommand(line); !ok || got != want || !mentionsCommand(line) {
			t.Errorf("ParseCommand(%q) = %+v, %v; want %+v", line, got, ok, want)
		}
	}
	for _, line := range []string{
		"$ git log", "$ docker-compose logs api", "$ heroku logs web", "$ helm get values api", "$ cat logs api", "# we get pods restarting",
		"> I get pods crashing", "We get pods restarting", "10:00:00 INFO > worker get jobs 12", "$ worker get tickets", "ks is a tool", "$ kdiff3 a b",
		"", "Name: api", "when I run kubectl logs nothing comes", "kubectl logs shows \"panic\", every time", "kubectl is great",
		"2026-11-22T10:00:00Z INFO running kubectl get pods", "  - kubectl get pods # in a script", "look at k get pods",
	} {
		if got, ok := ParseCommand(line); ok {
			t.Errorf("ParseCommand(%q) = %+v; is none", line, got)
		}
	}
}
