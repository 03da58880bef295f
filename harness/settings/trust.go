package settings

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"qorcheck/spec"
)

// Trust is the TLS trust of a run, and its client certificate.
type Trust struct {
	CAFile   string // certificate authorities, trusted in addition to those of the system
	CertFile string // client certificate, with KeyFile
	KeyFile  string
	Insecure bool // the target's certificate is not verified
}

// Load reads the files. They are refused for a target without TLS.
func (t Trust) Load(target *url.URL) (*tls.Config, error) {
	given := t.given()
	if len(given) == 0 {
		return &tls.Config{}, nil
	}
	if target.Scheme != "https" {
		return nil, fmt.Errorf("%s: must be given with an https target only, not with %s", strings.Join(given, ", "), target.Redacted())
	}
	config := &tls.Config{InsecureSkipVerify: t.Insecure} // the user asked for it; every report says so
	if t.CAFile != "" {
		pool, err := authorities(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("--ca-file %s: %w", t.CAFile, err)
		}
		config.RootCAs = pool
	}
	switch {
	case t.CertFile == "" && t.KeyFile == "":
	case t.KeyFile == "":
		return nil, fmt.Errorf("--client-cert %s: --client-key is missing; the two go together", t.CertFile)
	case t.CertFile == "":
		return nil, fmt.Errorf("--client-key %s: --client-cert is missing; the two go together", t.KeyFile)
	default:
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("--client-cert %s, --client-key %s: %w", t.CertFile, t.KeyFile, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// given lists the flags that are set.
func (t Trust) given() []string {
	var list []string
	for _, f := range []struct {
		name string
		set  bool
	}{{"--ca-file", t.CAFile != ""}, {"--client-cert", t.CertFile != ""}, {"--client-key", t.KeyFile != ""}, {"--insecure-skip-verify", t.Insecure}} {
		if f.set {
			list = append(list, f.name)
		}
	}
	return list
}

func authorities(file string) (*x509.CertPool, error) {
	data, err := spec.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // the system has none
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, errors.New("must be a file of certificates in PEM form")
	}
	return pool, nil
}
