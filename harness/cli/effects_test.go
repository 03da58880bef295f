package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"qorcheck/harness/matrix"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/spec"
)

// How the effects of flags are observed.

// effectFiles makes a folder with the files that values name.
func effectFiles(t *testing.T) string {
	t.Helper()
	fixtures := sandbox.Fixtures("")
	dir := t.TempDir()
	writeFiles(t, dir, must(effectInputs())(t))
	writeFiles(t, dir, map[string]string{
		"fixtures.yaml": string(fixtures),
		"waivers.yaml":  waiverOf("webhooks-list.RH-200-1", "2999-12-31"),
		"none.yaml":     "waivers: []\n",
		"cannot.yaml":   replaced(t, fixtures, "cannot: {}", `cannot: { webhooks-list.RH-200-1: "not here" }`),
		"lacking.yaml":  replaced(t, fixtures, "  revoked: ", "  # revoked: "),
		"original.yaml": string(spec.QorCommerce()),
		"spec.yaml": strings.Replace(replaced(t, spec.QorCommerce(), "title: QorCommerce payments API", "title: Another API"),
			"currency: USD }", "currency: EUR }", 1),
		"all.yaml": string(spec.QorCommerceRequirements()),
		"requirements.yaml": `
version: 1
name: Two sentences
pages: { page: https://example.test/page }
requirements:
  - { id: A-1, level: must, chapter: statuses, clause: { page: page, text: keys are needed }, sentence: answers 401 without keys,
      operations: all, cases: [unauthenticated], check: status, expect: { statuses: ["401"] } }
  - { id: A-2, level: must, chapter: rejections, clause: { page: page, text: errors are told }, sentence: tells errors,
      operations: all, answers: [rejected], check: error-body }
`,
	})
	return dir
}

// document observes the document of a run.
func document(tell func(*run.Document) string) func(*testing.T, string, []string, []string) string {
	return func(t *testing.T, dir string, env, args []string) string {
		url := serve(t, newSandbox(t)) + "/v3"
		for i := range args {
			args[i] = strings.Replace(args[i], "SANDBOX", url, 1)
		}
		if stdout, stderr, code := commandIn(t, dir, env, args...); code != 0 {
			t.Fatalf("exit code %d:\n%s%s", code, stdout, stderr)
		}
		return tell(readDocument(t, filepath.Join(dir, "out")))
	}
}

// outputs observes all that a command prints.
func outputs(t *testing.T, dir string, env, args []string) string {
	stdout, stderr, _ := commandIn(t, dir, env, args...)
	return stdout + " and " + stderr
}

// merging observes what a command prints of two shards, or does to a folder.
func merging(tell func(dir, stdout, stderr string) string) func(*testing.T, string, []string, []string) string {
	return func(t *testing.T, dir string, env, args []string) string {
		shardsIn(t, dir)
		stdout, stderr, code := commandIn(t, dir, env, args...)
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		return tell(dir, stdout, stderr)
	}
}

// shardsIn puts the two shards of a run into a folder.
func shardsIn(t *testing.T, dir string) {
	t.Helper()
	for _, number := range []string{"1", "2"} {
		if _, stderr, code := commandIn(t, dir, nil, "run", "--shard", number+"/2", "--filter", "operation:webhooks_list", "--out", "shard"+number); code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
	}
}

// inJUnit observes whether the JUnit report of a run holds a text.
func inJUnit(text string) func(*testing.T, string, []string, []string) string {
	return func(t *testing.T, dir string, env, args []string) string {
		commandIn(t, dir, env, args...)
		return fmt.Sprint(strings.Contains(readFile(t, filepath.Join(dir, "out", "TEST-conformance.xml")), text))
	}
}

// reportSays observes whether what is printed of two finished runs holds a text.
func reportSays(text string) func(*testing.T, string, []string, []string) string {
	return func(t *testing.T, dir string, env, args []string) string {
		runsIn(t, dir)
		return says(text)(t, dir, env, args)
	}
}

// runsIn puts two finished runs into a folder.
func runsIn(t *testing.T, dir string) {
	t.Helper()
	for name, clean := range map[string]bool{"clean": true, "failing": false} {
		made, _ := finished(t, clean)
		if err := os.Rename(made, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// overTLS observes the exit code of a run against a sandbox with long headers, over
// TLS when there is a configuration, and whether the verdict says that nobody was verified.
func overTLS(config *tls.Config) func(*testing.T, string, []string, []string) string {
	return func(t *testing.T, dir string, env, args []string) string {
		inner := newSandbox(t)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("x", 2<<10))
			inner.ServeHTTP(w, r)
		}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		if config != nil {
			pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
			if err != nil {
				t.Fatal(err)
			}
			server.TLS = config.Clone()
			server.TLS.Certificates = []tls.Certificate{pair}
			server.StartTLS()
		} else {
			server.Start()
		}
		t.Cleanup(server.Close)
		for i := range args {
			args[i] = strings.NewReplacer("SANDBOX", server.URL+"/v3", "TLS", server.URL+"/v3").Replace(args[i])
		}
		stdout, _, code := commandIn(t, dir, env, args...)
		if strings.Contains(lastLine(stdout), "--insecure-skip-verify") {
			return fmt.Sprintf("exit %d, said", code)
		}
		return fmt.Sprintf("exit %d", code)
	}
}

// says observes whether a command's output holds a text.
func says(text string) func(*testing.T, string, []string, []string) string {
	return func(t *testing.T, dir string, env, args []string) string {
		stdout, stderr, code := commandIn(t, dir, env, args...)
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		return fmt.Sprint(strings.Contains(stdout, text))
	}
}

// rows observes which mutants were certified by which seeds.
func rows(t *testing.T, dir string, env, args []string) string {
	var list []string
	for _, r := range readMatrix(t, dir, env, args).Rows {
		list = append(list, fmt.Sprint(cmp.Or(r.Mutant, "the sound one"), " ", r.Seed))
	}
	return strings.Join(list, ", ")
}

func readMatrix(t *testing.T, dir string, env, args []string) *matrix.Matrix {
	t.Helper()
	if _, stderr, code := commandIn(t, dir, env, args...); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	m := &matrix.Matrix{}
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(dir, "out", "mutants.json"))), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// serving observes the scheme of the URL that a sandbox prints and answers at.
func serving(name string) func(*testing.T, string, []string, []string) string {
	return func(t *testing.T, dir string, env, args []string) string {
		printed := sandboxOnce(t, dir, env, args, func(printed map[string]string) {
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
			defer client.CloseIdleConnections()
			response, err := client.Get(printed[name])
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			if response.StatusCode != http.StatusNotFound {
				t.Errorf("%s: status %d, want 404", printed[name], response.StatusCode)
			}
		})
		scheme, _, _ := strings.Cut(printed[name], "://")
		return name + " " + scheme
	}
}

// written observes whether a sandbox has written a file when it has ended.
func written(name string) func(*testing.T, string, []string, []string) string {
	return func(t *testing.T, dir string, env, args []string) string {
		sandboxOnce(t, dir, env, args, func(map[string]string) {})
		_, err := os.Stat(filepath.Join(dir, name))
		return fmt.Sprint(err == nil)
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
	if m.seen == 1 {
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

// exitCode tells how a command ends.
func exitCode(t *testing.T, dir string, env, args []string) string {
	_, _, code := commandIn(t, dir, env, args...)
	return fmt.Sprintf("exit %d", code)
}

var effectInputs = sync.OnceValues(func() (map[string]string, error) {
	certificate, key, err := selfSigned()
	if err != nil {
		return nil, err
	}
	other, otherKey, err := selfSigned()
	return map[string]string{"cert.pem": certificate, "key.pem": key, "other.pem": other, "other.key": otherKey}, err
})
