package dns

import (
	"context"
	"net/netip"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

type table map[string]netip.Addr

func (t table) Resolve(_ context.Context, name string) ([]netip.Addr, bool, error) {
	a, ok := t[name]
	return []netip.Addr{a}, ok, nil
}

func TestAnswer(t *testing.T) {
	names := table{"db.shop.svc.cluster.local.": netip.MustParseAddr("10.96.0.50")}
	tests := []struct {
		name    string
		kind    dnsmessage.Type
		rcode   dnsmessage.RCode
		answers int
	}{
		{"db.shop.svc.cluster.local.", dnsmessage.TypeA, dnsmessage.RCodeSuccess, 1},
		{"DB.shop.svc.Cluster.local.", dnsmessage.TypeA, dnsmessage.RCodeSuccess, 1},
		// A name that exists without such a record is no NXDOMAIN: a resolver would believe it for both kinds.
		{"db.shop.svc.cluster.local.", dnsmessage.TypeAAAA, dnsmessage.RCodeSuccess, 0},
		{"nosuch.shop.svc.cluster.local.", dnsmessage.TypeA, dnsmessage.RCodeNameError, 0},
		{"example.com.", dnsmessage.TypeA, dnsmessage.RCodeNameError, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name+tt.kind.String(), func(t *testing.T) {
			query := dnsmessage.Message{
				Header:    dnsmessage.Header{ID: 7},
				Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(tt.name), Type: tt.kind, Class: dnsmessage.ClassINET}},
			}
			packed, err := query.Pack()
			if err != nil {
				t.Fatal(err)
			}
			var reply dnsmessage.Message
			if err := reply.Unpack(Answer(packed, names)); err != nil {
				t.Fatal(err)
			}
			if reply.ID != 7 || !reply.Response || reply.RCode != tt.rcode || len(reply.Answers) != tt.answers {
				t.Errorf("got %s", reply.GoString())
			}
		})
	}
}

func TestAnswerIgnoresWhatIsNoQuery(t *testing.T) {
	for _, b := range [][]byte{nil, {1}, make([]byte, 12), []byte("GET / HTTP/1.1\r\n\r\n")} {
		if got := Answer(b, table{}); got != nil {
			t.Errorf("Answer(%q) = %q", b, got)
		}
	}
}
