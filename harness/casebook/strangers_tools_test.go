//go:build tools

package casebook

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

var update = flag.Bool("update", false, "write the table of STRANGERS.md")

// stranger is a server that is certified as a newcomer does it: with its description,
// its address, and the few lines of fixtures that it cannot do without.
type stranger struct {
	server
	document string   // path of its description at the server
	key      string   // header that it wants, as curl takes it; "" for none
	fixtures string   // written by hand
	seed     []string // requests that make what is there before: method, path and body
	files    string   // folder of the records within its own, "" where they are in a database
	database string
	dir      string // its own folder
}

var strangers = []*stranger{
	{
		server: server{title: "PowerDNS Authoritative Server", base: "/api/v1", ready: "/api"}, document: "/api/docs", key: "X-API-Key: secret",
		fixtures: "credentials: { valid: { APIKeyHeader: secret } }\nknown: { server_id: localhost }\n",
		seed: seeded(
			`POST /api/v1/servers/localhost/zones {"name":"%s.","kind":"Native","nameservers":["ns.%[1]s."],"rrsets":[{"name":"text.%[1]s.","type":"A","ttl":60,"records":[{"content":"127.0.0.1","disabled":false}]}]}`,
			`POST /api/v1/servers/localhost/tsigkeys {"name":"%s","algorithm":"hmac-sha256"}`,
			`PUT /api/v1/servers/localhost/zones/%s./metadata/X-TEXT {"kind":"X-TEXT","metadata":["text"]}`,
			`POST /api/v1/servers/localhost/autoprimaries {"ip":"192.0.2.1","nameserver":"%s","account":"test"}`),
		database: "db.sqlite",
	},
	{
		server: server{title: "Jupyter Server", ready: "/api"}, document: "/api/spec.yaml", key: "Authorization: token secret",
		fixtures: "headers: { Authorization: token secret }\n",
		seed: seeded(
			`PUT /api/contents/%s {"type":"file","format":"text","content":"content of %[1]s"}`,
			`PUT /api/contents/folder-%s {"type":"directory"}`,
			`PUT /api/contents/folder-%s/text {"type":"file","format":"text","content":"inner"}`),
		files: "root",
	},
	{
		server:   server{title: "Prefect", base: "/api", ready: "/api/health", flags: []string{"--budget", "400", "--concurrency", "1"}}, // its database takes one writer
		document: "/openapi.json", fixtures: "known: { x-prefect-api-version: 0.8.4 }\n",
		seed: seeded(
			`POST /api/flows/ {"name":"%s"}`, `POST /api/variables/ {"name":"v_%s","value":"text"}`, `POST /api/work_pools/ {"name":"%s","type":"text"}`,
			`POST /api/concurrency_limits/ {"tag":"%s","concurrency_limit":1}`, `POST /api/v2/concurrency_limits/ {"name":"%s","limit":1}`,
			`POST /api/block_types/ {"name":"%s","slug":"%[1]s"}`, `POST /api/artifacts/ {"key":"%s","type":"text","data":"x"}`),
		database: "home/prefect.db",
	},
}

func init() {
	dns, jupyter, prefect := strangers[0], strangers[1], strangers[2]
	dns.start = func(t *testing.T, _ server, dir, host string) *exec.Cmd {
		dns.dir = dir
		schema, err := os.Open("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
		if err != nil {
			t.Fatal(err)
		}
		defer schema.Close()
		made := exec.Command("sqlite3", filepath.Join(dir, dns.database))
		made.Stdin = schema
		if output, err := made.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		name, port, _ := strings.Cut(host, ":")
		_, other, _ := strings.Cut(freePort(t), ":")
		return exec.Command("pdns_server", "--config-dir="+dir, "--socket-dir="+dir, "--launch=gsqlite3", "--gsqlite3-database="+filepath.Join(dir, dns.database), "--daemon=no", "--guardian=no", "--setuid=", "--setgid=",
			"--api=yes", "--api-key=secret", "--webserver=yes", "--webserver-address="+name, "--webserver-port="+port, "--webserver-allow-from="+name, "--local-address="+name, "--local-port="+other)
	}
	jupyter.start = func(t *testing.T, _ server, dir, host string) *exec.Cmd {
		jupyter.dir = dir
		root := filepath.Join(dir, jupyter.files)
		if err := os.Mkdir(root, 0o755); err != nil {
			t.Fatal(err)
		}
		name, port, _ := strings.Cut(host, ":")
		c := exec.Command(built(t, "strangers/bin/jupyter"), "server", "--allow-root", "--no-browser", "--ServerApp.ip="+name, "--ServerApp.port="+port, "--ServerApp.port_retries=0",
			"--IdentityProvider.token=secret", "--ServerApp.root_dir="+root, "--ServerApp.disable_check_xsrf=True")
		c.Env = append(os.Environ(), "HOME="+dir, "JUPYTER_CONFIG_DIR="+dir, "JUPYTER_DATA_DIR="+dir, "JUPYTER_RUNTIME_DIR="+dir)
		return c
	}
	prefect.start = func(t *testing.T, _ server, dir, host string) *exec.Cmd {
		prefect.dir = dir
		name, port, _ := strings.Cut(host, ":")
		c := exec.Command(built(t, "strangers/bin/prefect"), "server", "start", "--host", name, "--port", port, "--no-ui", "--no-services")
		c.Env = append(os.Environ(), "PREFECT_HOME="+filepath.Join(dir, "home"), "PREFECT_SERVER_ANALYTICS_ENABLED=false", "DO_NOT_TRACK=1", "PREFECT_LOGGING_LEVEL=CRITICAL")
		return c
	}
}

// seeded makes each record three times, under names that a careless run would use.
func seeded(forms ...string) []string {
	var list []string
	for _, name := range []string{"text", "1", "test"} {
		for _, form := range forms {
			list = append(list, fmt.Sprintf(form, name))
		}
	}
	return list
}

// TestStrangers runs against servers as a newcomer does. What was there before is there
// afterwards, byte for byte; what fails is in STRANGERS.md, with a request that shows it.
func TestStrangers(t *testing.T) {
	const file = "STRANGERS.md"
	book := readCasebook(t, file)
	table := "| Server | Description | Operations | Lines by hand | Causes of failures | False alarms | Records before | Records lost |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
	for _, s := range strangers {
		t.Run(s.title, func(t *testing.T) {
			target := serve(t, s.server)
			origin := strings.TrimSuffix(target, s.base)
			for _, one := range s.seed {
				parts := strings.SplitN(one, " ", 3)
				s.call(t, parts[0], origin+parts[1], parts[2])
			}
			description := filepath.Join(t.TempDir(), "openapi.yaml")
			fixtures := filepath.Join(t.TempDir(), "fixtures.yaml")
			document := s.call(t, "GET", origin+s.document, "")
			for name, data := range map[string][]byte{description: document, fixtures: []byte(s.fixtures)} {
				if err := os.WriteFile(name, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			before := s.records(t)
			ran := s.certify(t, "--spec", description, "--fixtures", fixtures, "--target", target)
			after, lost := s.records(t), 0
			for _, record := range before {
				if !slices.Contains(after, record) {
					lost++
					t.Errorf("it was there before the run, and is not there as it was: %s", record)
				}
			}
			causes, alarms := 0, 0
			for _, entry := range book[s.title] {
				if strings.HasPrefix(entry.title, "False alarm: ") {
					alarms++
				}
				t.Run(entry.title, func(t *testing.T) { entry.repeat(t, target, map[string]string{"KEY": s.key}) })
			}
			for _, c := range ran.Causes {
				if c.Outcome != verdict.Fail {
					continue
				}
				causes++
				if !slices.ContainsFunc(book[s.title], func(e entry) bool {
					return strings.Contains(c.Title, strings.TrimPrefix(e.title, "False alarm: "))
				}) {
					t.Errorf("%s does not explain: %s", file, c.Title)
				}
			}
			kind := "OpenAPI 3.1"
			if bytes.Contains(document[:min(len(document), 200)], []byte("swagger:")) {
				kind = "Swagger 2"
			}
			table += fmt.Sprintf("| %s | %s | %d | %d | %d | %d | %d | %d |\n", s.title, kind, operationsOf(ran), strings.Count(s.fixtures, "\n"), causes, alarms, len(before), lost)
		})
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := strings.Index(string(text), "| Server |"), strings.Index(string(text), "\n\n## ")
	if begin < 0 || end < begin {
		t.Fatalf("%s has no table", file)
	}
	if shown := string(text)[begin : end+1]; shown != table && !*update {
		t.Errorf("the table of %s is\n%s, want\n%s", file, shown, table)
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(file, []byte(string(text)[:begin]+table+string(text)[end+1:]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// certify runs the command and reads its document.
func (s *stranger) certify(t *testing.T, arguments ...string) *run.Document {
	t.Helper()
	out := t.TempDir()
	output, err := exec.Command(built(t, "qorcheck"), slices.Concat([]string{"run", "--out", out}, arguments, s.flags)...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != run.ExitFail) {
		t.Fatalf("%v\n%s", err, output)
	}
	return documentIn(t, out)
}

func operationsOf(d *run.Document) int {
	seen := map[string]bool{}
	for _, o := range d.Obligations {
		seen[o.Operation] = true
	}
	return len(seen)
}

// call sends a request, which must succeed, and returns the body of the response.
func (s *stranger) call(t *testing.T, method, url, body string) []byte {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if name, value, ok := strings.Cut(s.key, ": "); ok {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode/100 != 2 {
		t.Fatalf("%s %s was answered %d: %v: %s", method, url, response.StatusCode, err, data)
	}
	return data
}

// records lists what a server keeps: the rows of its database, or its files.
func (s *stranger) records(t *testing.T) []string {
	t.Helper()
	var list []string
	if s.database != "" {
		dump, err := exec.Command("sqlite3", filepath.Join(s.dir, s.database), ".dump").Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(dump)) {
			if strings.HasPrefix(line, "INSERT INTO") {
				list = append(list, line)
			}
		}
		return list
	}
	root := os.DirFS(filepath.Join(s.dir, s.files))
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		list = append(list, fmt.Sprintf("%s: %q", path, data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
