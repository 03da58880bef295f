//go:build tools

package casebook

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// server is a server that nobody here wrote.
type server struct {
	title       string // of its chapter in the casebook
	folder      string // in testdata
	module      string // that ships its description, "" for our own description
	description string // within the module, or from here
	base        string // path of its API
	ready       string // path that responds once the server is ready
	start       func(t *testing.T, f server, dir, host string) *exec.Cmd
	state       func(t *testing.T, target string) map[string]string // made before the run: variables of additions.yaml
	flags       []string
}

var servers = []server{
	{
		title: "Prism", folder: "prism", description: "../../spec/qorcommerce.yaml", ready: "/",
		start: func(t *testing.T, f server, dir, host string) *exec.Cmd {
			name, port, err := net.SplitHostPort(host)
			if err != nil {
				t.Fatal(err)
			}
			return exec.Command(built(t, "prism/node_modules/.bin/prism"), "mock", "--host", name, "--port", port, withoutCallbacks(t, dir, f.description))
		},
		flags: []string{"--filter", "operation: containsAny {cash-sale, payment-capture, token-create, token-fetch, transactions-fetch-all, utilities-validate-aba, webhooks-create}", "--concurrency", "24"}, // requests that are never answered would make it ask by few at once
	},
	{
		title: "Alertmanager", folder: "alertmanager",
		module: "github.com/prometheus/alertmanager", description: "api/v2/openapi.yaml", base: "/api/v2", ready: "/-/ready",
		start: func(t *testing.T, f server, dir, host string) *exec.Cmd {
			return exec.Command(built(t, "alertmanager"), "--config.file="+data(t, f, "alertmanager.yaml"), "--storage.path="+dir, "--web.listen-address="+host, "--cluster.listen-address=")
		},
		state: func(t *testing.T, target string) map[string]string {
			silence := post(t, target+"/silences", `{"matchers":[{"name":"alertname","value":"Other","isRegex":false}],"startsAt":"2020-01-01T00:00:00Z","endsAt":"2099-12-31T23:59:59Z","createdBy":"casebook","comment":"there before the run"}`)
			return map[string]string{"SILENCE": fmt.Sprint(silence["silenceID"])}
		},
	},
	{
		title: "moov Accounts", folder: "accounts",
		module: "github.com/moov-io/accounts", description: "openapi.yaml", ready: "/ping",
		start: func(t *testing.T, _ server, dir, host string) *exec.Cmd {
			c := exec.Command(built(t, "accounts"), "-http.addr", host, "-admin.addr", freePort(t))
			c.Env = append(os.Environ(), "DEFAULT_ROUTING_NUMBER=121042882", "SQLITE_DB_PATH="+filepath.Join(dir, "accounts.db"))
			return c
		},
		state: func(t *testing.T, target string) map[string]string {
			account := func(name string) string {
				return fmt.Sprint(post(t, target+"/accounts", fmt.Sprintf(`{"customerID":"casebook","balance":1000000,"name":%q,"type":"Checking"}`, name))["ID"])
			}
			first, second := account("first"), account("second")
			if first > second { // the lines of a reversal are read by account
				first, second = second, first
			}
			moved := post(t, target+"/accounts/transactions", fmt.Sprintf(`{"lines":[{"accountID":%q,"purpose":"Transfer","amount":100},{"accountID":%q,"purpose":"Transfer","amount":-100}]}`, first, second))
			return map[string]string{"FIRST": first, "SECOND": second, "TRANSACTION": fmt.Sprint(moved["id"])}
		},
		flags: []string{"--concurrency", "1"}, // its database is locked by one writer at a time
	},
}

// built returns the path of a program that make casebook builds or installs.
func built(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", ".build", name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("%v: make casebook builds it", err)
	}
	return path
}

func data(t *testing.T, f server, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", f.folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// freePort returns an address of this machine that is free.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// serve starts a server, waits until it responds and stops it after the test.
// It returns the base URL of its API.
func serve(t *testing.T, f server) string {
	t.Helper()
	dir, host := t.TempDir(), freePort(t)
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	c := f.start(t, f, dir, host)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- c.Wait() }()
	t.Cleanup(func() {
		_ = c.Process.Kill() // it may have ended by itself
		<-gone
		_ = log.Close() // the server's own descriptor wrote it
	})
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		answer, err := http.Get("http://" + host + f.ready)
		if err == nil {
			_ = answer.Body.Close() // nothing of it is read
			return "http://" + host + f.base
		}
		select {
		case ended := <-gone:
			gone <- ended
			err = fmt.Errorf("it ended: %v", ended)
		default:
			if time.Now().Before(deadline) {
				continue
			}
		}
		said, _ := os.ReadFile(log.Name()) // for the reader of the failure alone
		t.Fatalf("%s does not answer: %v\n%s", f.title, err, said)
	}
}

// post sends JSON and returns the answer, which must be a success.
func post(t *testing.T, url, body string) map[string]any {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-User-ID", "casebook")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("POST %s was answered %d: %v", url, response.StatusCode, err)
	}
	return answer
}
