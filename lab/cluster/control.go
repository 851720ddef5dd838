package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/unloop-dev/unloop/lab/fill"
	"github.com/unloop-dev/unloop/lab/kube"
)

// Node does something to one node: stop (a power cut), start, reboot, stop-kubelet or start-kubelet.
func (c *Config) Node(ctx context.Context, name, action string) error {
	if kubelet, ok := strings.CutSuffix(action, "-kubelet"); ok {
		return c.order(ctx, name+".sock", "/kubelet/"+kubelet, nil)
	}
	return c.order(ctx, "lab.sock", "/nodes/"+name+"/"+action, nil)
}

// RunOn runs a shell command in the namespaces of a node, as its root.
func (c *Config) RunOn(ctx context.Context, node, command string) error {
	return c.order(ctx, node+".sock", "/run", url.Values{"command": {command}})
}

// Fill writes a made-up cluster into this one, which is good for nothing else afterwards. progress is told the number of
// pods that there are.
func (c *Config) Fill(ctx context.Context, plan *fill.Plan, progress func(pods int)) error {
	spec, err := json.Marshal(plan.Spec)
	if err != nil {
		return err
	}
	if err := c.order(ctx, "lab.sock", "/fill", url.Values{"spec": {string(spec)}}); err != nil {
		return err
	}
	return plan.Write(ctx, c.Client("admin"), progress)
}

// order asks one of the lab's processes, each of which listens on a socket in the run directory.
func (c *Config) order(ctx context.Context, socket, path string, form url.Values) error {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", c.path(socket))
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://lab"+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16))
		return fmt.Errorf("%s: %s", path, bytes.TrimSpace(body))
	}
	return nil
}

// inside talks to the apiserver from a process that is in the lab's network.
func (c *Config) inside() *kube.Client {
	return kube.New("https://"+controlPlaneIP+":6443", c.Tokens["admin"])
}
