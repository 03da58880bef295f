package settings

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pair writes a certificate and its key.
func pair(t *testing.T, dir, name string) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	for file, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

func TestTrust(t *testing.T) {
	dir := t.TempDir()
	certificate, key := pair(t, dir, "one")
	_, other := pair(t, dir, "two")
	none := filepath.Join(dir, "none.pem")
	for _, tt := range []struct {
		claim  string
		trust  Trust
		target string
		want   string // in the error; "" when it is accepted
	}{
		{"nothing is needed", Trust{}, "http://a", ""},
		{"an authority", Trust{CAFile: certificate}, "https://a", ""},
		{"a client certificate", Trust{CertFile: certificate, KeyFile: key}, "https://a", ""},
		{"trusting anybody", Trust{Insecure: true}, "https://a", ""},
		{"an authority that is not there", Trust{CAFile: none}, "https://a", "--ca-file " + none + ": "},
		{"an authority that is none", Trust{CAFile: key}, "https://a", "must be a file of certificates in PEM form"},
		{"a certificate without its key", Trust{CertFile: certificate}, "https://a", "--client-key is missing"},
		{"a key without its certificate", Trust{KeyFile: key}, "https://a", "--client-cert is missing"},
		{"a key of another certificate", Trust{CertFile: certificate, KeyFile: other}, "https://a", "--client-key " + other + ": tls: private key does not match"},
		{"a certificate that is not there", Trust{CertFile: none, KeyFile: key}, "https://a", "--client-cert " + none},
		{"a target without TLS", Trust{Insecure: true, CAFile: certificate}, "http://a", "--ca-file, --insecure-skip-verify: must be given with an https target only, not with http://a"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			target, err := url.Parse(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			config, err := tt.trust.Load(target)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%v, want %q", err, tt.want)
				}
				return
			}
			if err != nil || config.InsecureSkipVerify != tt.trust.Insecure || (config.RootCAs != nil) != (tt.trust.CAFile != "") || len(config.Certificates) > 0 != (tt.trust.CertFile != "") {
				t.Errorf("%+v, %v", config, err)
			}
		})
	}
}
