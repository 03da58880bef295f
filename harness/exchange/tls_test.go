package exchange

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// authority issues certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pool        *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{pool: x509.NewCertPool()}
	own := a.issue(t, func(c *x509.Certificate) {
		c.IsCA, c.KeyUsage, c.BasicConstraintsValid = true, x509.KeyUsageCertSign, true
	})
	a.certificate, a.key = own.Leaf, own.PrivateKey.(*ecdsa.PrivateKey)
	a.pool.AddCert(a.certificate)
	return a
}

// issue makes a certificate for loopback; change alters it.
func (a *authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "target"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if change != nil {
		change(template)
	}
	parent, by := template, key
	if a.certificate != nil {
		parent, by = a.certificate, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// tlsServer serves over TLS on loopback until the test ends.
func tlsServer(t *testing.T, config *tls.Config, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.TLS, server.EnableHTTP2 = config, true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func TestTLS_TrustIsChecked(t *testing.T) {
	t.Parallel()
	a, stranger := newAuthority(t), newAuthority(t)
	for _, tt := range []struct {
		claim    string
		server   *tls.Config
		insecure bool
		failure  string // "" when the target is trusted
	}{
		{"a certificate of the authority", &tls.Config{Certificates: []tls.Certificate{a.issue(t, nil)}}, false, ""},
		{"an expired one", &tls.Config{Certificates: []tls.Certificate{a.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })}}, false, "expired"},
		{"one of another host", &tls.Config{Certificates: []tls.Certificate{a.issue(t, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)} })}}, false, "192.0.2.1"},
		{"one of nobody", &tls.Config{Certificates: []tls.Certificate{stranger.issue(t, nil)}}, false, "--ca-file FILE trusts another"},
		{"a self-signed one", &tls.Config{Certificates: []tls.Certificate{(&authority{}).issue(t, nil)}}, false, "unknown authority"},
		{"any when all are taken", &tls.Config{Certificates: []tls.Certificate{(&authority{}).issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })}}, true, ""},
		{"TLS 1.0", &tls.Config{Certificates: []tls.Certificate{a.issue(t, nil)}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, false, "protocol version"},
		{"TLS 1.0 when all are taken", &tls.Config{Certificates: []tls.Certificate{a.issue(t, nil)}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, true, "protocol version"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			c := toyClient(t, tlsServer(t, tt.server, func(http.ResponseWriter, *http.Request) {}), func(s *settings.Settings) {
				s.TLS = &tls.Config{RootCAs: a.pool, InsecureSkipVerify: tt.insecure}
			})
			r := c.Do(t.Context(), "c", get("/x"), nil)
			if tt.failure == "" && r.Failure != nil || tt.failure != "" && (r.Failure == nil || r.Failure.Kind != Network || !strings.Contains(r.Failure.Text.String(), tt.failure) || r.Writes != 0) {
				t.Errorf("%+v, %+v, %d writes", r.Answer, r.Failure, r.Writes)
			}
		})
	}
}

func TestTLS_ClientCertificateGoesToTheTargetAlone(t *testing.T) {
	a := newAuthority(t)
	shown := func(r *http.Request) int { return len(r.TLS.PeerCertificates) }
	var atTarget, elsewhere int
	asking := func() *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{a.issue(t, nil)}, ClientAuth: tls.RequestClientCert}
	}
	target := tlsServer(t, asking(), func(_ http.ResponseWriter, r *http.Request) { atTarget = shown(r) })
	other := tlsServer(t, asking(), func(_ http.ResponseWriter, r *http.Request) { elsewhere = shown(r) + 1 })
	c := toyClient(t, target, func(s *settings.Settings) {
		s.TLS = &tls.Config{RootCAs: a.pool, Certificates: []tls.Certificate{a.issue(t, nil)}}
	})
	for _, step := range []plan.Step{get("/x"), {Name: "settle", URL: other + "/settle", Request: plan.Request{Method: "POST"}}} {
		if r := c.Do(t.Context(), "c", step, nil); r.Failure != nil {
			t.Fatal(r.Failure)
		}
	}
	if atTarget != 1 || elsewhere != 1 {
		t.Errorf("the target was shown %d certificates, the other %d", atTarget, elsewhere-1)
	}
	t.Run("which may insist on it", func(t *testing.T) {
		strict := tlsServer(t, &tls.Config{Certificates: []tls.Certificate{a.issue(t, nil)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.pool}, func(http.ResponseWriter, *http.Request) {})
		for _, own := range []bool{true, false} {
			c := toyClient(t, strict, func(s *settings.Settings) {
				s.TLS = &tls.Config{RootCAs: a.pool}
				if own {
					s.TLS.Certificates = []tls.Certificate{a.issue(t, nil)}
				}
			})
			if r := c.Do(t.Context(), "c", post("/x", "{}"), nil); (r.Failure == nil) != own || !own && r.Failure.Kind != Network {
				t.Errorf("with a certificate %t: %+v", own, r.Failure)
			}
		}
	})
}
