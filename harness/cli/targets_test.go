package cli

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Targets, sandboxes and finished runs that several tests use.

const oneRead = "operation:webhooks_list && requirement:RH-200-1"

// shardsIn puts the two shards of a run into a folder.
func shardsIn(t *testing.T, dir string) {
	t.Helper()
	for _, number := range []string{"1", "2"} {
		if _, stderr, code := commandIn(t, dir, nil, "run", "--shard", number+"/2", "--filter", "operation:webhooks_list", "--out", "shard"+number); code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
	}
}

// sandboxOnce runs a sandbox, does something with it and ends it. It returns what
// was printed, nothing for one that did not start.
func sandboxOnce(t *testing.T, dir string, env, args []string, use func(printed map[string]string)) map[string]string {
	t.Helper()
	c := newProcess(t.Context(), t, dir, env, args...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	printed := map[string]string{}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		printed[name] = strings.TrimSpace(value)
		if name == "certify" {
			use(printed)
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
		}
	}
	if err := c.Wait(); err != nil && len(printed) > 0 {
		t.Errorf("the sandbox ended with %v: %s", err, stderr.String())
	}
	return printed
}

// meeting answers, after the preflight, when as many requests as wanted are
// under way at once, and from then on freely.
type meeting struct {
	inner     http.Handler
	want      int
	met       chan struct{}
	mu        sync.Mutex
	seen, now int
	most      int
}

func (m *meeting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.seen++
	if m.seen <= 2 { // a read, and a request that shows whether the merchant is right
		m.mu.Unlock()
		m.inner.ServeHTTP(w, r)
		return
	}
	m.now++
	if m.now > m.most {
		if m.most = m.now; m.most == m.want {
			close(m.met)
		}
	}
	m.mu.Unlock()
	select {
	case <-m.met:
	case <-r.Context().Done():
	}
	m.mu.Lock()
	m.now--
	m.mu.Unlock()
	m.inner.ServeHTTP(w, r)
}

// silent takes a request in and never answers.
func silent(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // so that the end of the connection is seen
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// selfSigned makes a certificate for loopback and its key.
func selfSigned() (certificate, key string, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return "", "", err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})), nil
}

var certificates = sync.OnceValues(func() (map[string]string, error) {
	certificate, key, err := selfSigned()
	if err != nil {
		return nil, err
	}
	other, otherKey, err := selfSigned()
	return map[string]string{"cert.pem": certificate, "key.pem": key, "other.pem": other, "other.key": otherKey}, err
})

// waiverOf is a file that waives one obligation.
func waiverOf(obligation, until string) string {
	return fmt.Sprintf("waivers:\n  - { obligation: %s, reason: known, owner: pat, link: \"https://issues.example.test/7\", until: %s }\n", obligation, until)
}
