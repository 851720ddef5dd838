// Package dns answers for the names of a cluster's Services, so that a pod's resolver finds what it would find in any
// cluster: NXDOMAIN for what isn't there, an address for what is. It asks the apiserver at every question, which is
// cheap on one machine and is never stale.
package dns

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/unloop-dev/unloop/lab/kube"
)

// Zone is the cluster's domain. Outside of it nothing is known: a lab has no way out.
const Zone = "cluster.local."

// Resolver gives the addresses of a name. known is false if there is no such name at all.
type Resolver interface {
	Resolve(ctx context.Context, name string) (addresses []netip.Addr, known bool, err error)
}

// Services resolves NAME.NAMESPACE.svc.cluster.local.
type Services struct{ API *kube.Client }

// Resolve gives the cluster IP of a Service, or the ready endpoints of a headless one.
func (s Services) Resolve(ctx context.Context, name string) ([]netip.Addr, bool, error) {
	service, ok := strings.CutSuffix(name, ".svc."+Zone)
	parts := strings.Split(service, ".")
	if !ok || len(parts) != 2 {
		return nil, false, nil
	}
	var object struct{ Spec struct{ ClusterIP string } }
	err := s.API.Get(ctx, "/api/v1/namespaces/"+parts[1]+"/services/"+parts[0], &object)
	if kube.NotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if object.Spec.ClusterIP == "None" {
		addresses, err := s.endpoints(ctx, parts[1], parts[0])
		return addresses, len(addresses) > 0, err
	}
	address, err := netip.ParseAddr(object.Spec.ClusterIP)
	return []netip.Addr{address}, true, err
}

func (s Services) endpoints(ctx context.Context, namespace, service string) ([]netip.Addr, error) {
	var list struct {
		Items []struct {
			Endpoints []struct {
				Addresses  []netip.Addr
				Conditions struct{ Ready *bool }
			}
		}
	}
	path := "/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices?labelSelector=kubernetes.io/service-name%3D" + service
	if err := s.API.Get(ctx, path, &list); err != nil {
		return nil, err
	}
	var addresses []netip.Addr
	for _, slice := range list.Items {
		for _, e := range slice.Endpoints {
			if e.Conditions.Ready == nil || *e.Conditions.Ready {
				addresses = append(addresses, e.Addresses...)
			}
		}
	}
	return addresses, nil
}

// ListenAndServe answers on UDP and TCP until either fails.
func ListenAndServe(address string, r Resolver) error {
	packets, err := net.ListenPacket("udp", address)
	if err != nil {
		return err
	}
	defer packets.Close()
	streams, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	defer streams.Close()
	failed := make(chan error, 2)
	go func() { failed <- servePackets(packets, r) }()
	go func() { failed <- serveStreams(streams, r) }()
	return <-failed
}

func servePackets(p net.PacketConn, r Resolver) error {
	for {
		buf := make([]byte, 4096)
		n, from, err := p.ReadFrom(buf)
		if err != nil {
			return err
		}
		go func() {
			if reply := Answer(buf[:n], r); reply != nil {
				_, _ = p.WriteTo(reply, from)
			}
		}()
	}
}

func serveStreams(l net.Listener, r Resolver) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			for {
				var length uint16
				if binary.Read(c, binary.BigEndian, &length) != nil {
					return
				}
				query := make([]byte, length)
				if _, err := io.ReadFull(c, query); err != nil {
					return
				}
				reply := Answer(query, r)
				if reply == nil {
					return
				}
				_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
			}
		}()
	}
}

// Answer gives the reply to a query, and nil for what is none.
func Answer(query []byte, r Resolver) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || m.Response || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	reply := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionDesired: m.RecursionDesired, RecursionAvailable: true},
		Questions: m.Questions,
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	addresses, known, err := r.Resolve(ctx, strings.ToLower(q.Name.String()))
	switch {
	case err != nil:
		reply.RCode = dnsmessage.RCodeServerFailure
	case !known:
		reply.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		for _, a := range addresses {
			reply.Answers = append(reply.Answers, record(q.Name, a))
		}
	}
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return packed
}

func record(name dnsmessage.Name, a netip.Addr) dnsmessage.Resource {
	return dnsmessage.Resource{
		Header: dnsmessage.ResourceHeader{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 5},
		Body:   &dnsmessage.AResource{A: a.As4()},
	}
}
